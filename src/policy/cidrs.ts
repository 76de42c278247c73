import { isIP } from "node:net";

export type CidrResult =
  | { readonly ok: true; readonly cidr: string }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

/** Reads an address block. An address alone is a block of one; a block of everything is refused. */
export function parseCidr(text: string): CidrResult {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  const max = version === 4 ? 32 : 128;
  const length = bits === undefined ? max : /^(0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : NaN;
  if (version === 0 || address.includes("%") || more.length > 0 || !(length <= max)) {
    return {
      ok: false,
      problem: "is no block of addresses",
      remedy: "write it like 203.0.113.0/24 or 2001:db8::/32",
    };
  }
  if (length === 0) {
    return {
      ok: false,
      problem: "is every address",
      remedy: "leave sourceCidrs out to allow logins from anywhere",
    };
  }
  return { ok: true, cidr: `${address.toLowerCase()}/${length}` };
}
