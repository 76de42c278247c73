import { isIP } from "node:net";
import { refuse, type Refusal } from "../model/correction";

/** A block, and its IP version with the bits that all of its addresses begin with; null for what is none. */
function readBlock(text: string): { readonly cidr: string; readonly prefix: string } | null {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  const max = version === 4 ? 32 : 128;
  const length = bits === undefined ? max : /^(0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : NaN;
  if (version === 0 || address.includes("%") || more.length > 0 || !(length <= max)) return null;
  const prefix = `${version}:${(version === 4 ? bitsOf4(address) : bitsOf6(address)).slice(0, length)}`;
  return { cidr: `${address.toLowerCase()}/${length}`, prefix };
}

function bitsOf4(address: string): string {
  return address
    .split(".")
    .map((n) => Number(n).toString(2).padStart(8, "0"))
    .join("");
}

function bitsOf6(address: string): string {
  // The URL parser writes an address with four numbers at its end in groups alone.
  const { hostname } = new URL(`http://[${address}]/`);
  const groups = (text: string) => text.slice(1, -1).split(":").filter(Boolean);
  const whole = hostname.replace("::", `:${"0:".repeat(8 - groups(hostname).length)}`);
  return groups(whole)
    .map((group) => parseInt(group, 16).toString(2).padStart(16, "0"))
    .join("");
}

/** Reads an address block. An address alone is a block of one; a block of everything is refused. */
export function parseCidr(text: string): { readonly ok: true; readonly cidr: string } | Refusal {
  const block = readBlock(text);
  if (block === null)
    return refuse("is not a block of addresses", "write it like 203.0.113.0/24 or 2001:db8::/32");
  if (block.prefix.endsWith(":"))
    return refuse("is every address", "leave sourceCidrs out to allow logins from anywhere");
  return { ok: true, cidr: block.cidr };
}

/**
 * Blocks from which no request reaches AWS over the internet: `aws:SourceIp` is a public address.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
 */
const privateBlocks: readonly string[] = Object.freeze([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"],
  ...["fc00::/7", "fe80::/10", "::1/128"],
]);

/** Is a whole block private, so that no login ever comes from it? What is no block is not. */
export function isPrivateCidr(text: string): boolean {
  return isWithinCidrs(text, privateBlocks);
}

/** Are all addresses of a block in one of others? What is no block is in none. */
export function isWithinCidrs(text: string, outer: readonly string[]): boolean {
  const block = readBlock(text);
  return prefixesOf(outer).some((prefix) => block?.prefix.startsWith(prefix));
}

/** Do blocks together hold every address of IPv4, or of IPv6, though none of them does alone? */
export function coverEverybody(cidrs: readonly string[]): boolean {
  return ["4:", "6:"].some((version) => covers(version, prefixesOf(cidrs)));
}

function prefixesOf(cidrs: readonly string[]): readonly string[] {
  return cidrs.flatMap((cidr) => readBlock(cidr)?.prefix ?? []);
}

/** Is every address that begins with `bits` in a block? */
function covers(bits: string, prefixes: readonly string[]): boolean {
  if (prefixes.includes(bits)) return true;
  const inside = prefixes.filter((prefix) => prefix.startsWith(bits));
  return inside.length >= 2 && covers(`${bits}0`, inside) && covers(`${bits}1`, inside);
}
