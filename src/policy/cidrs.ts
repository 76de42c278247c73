import type { Correction } from "../model/correction";
import { isIP } from "node:net";

export type CidrResult = { readonly ok: true; readonly cidr: string } | ({ readonly ok: false } & Correction);

/** An address block as it is written, taken apart; null for what is none. */
interface Block {
  readonly address: string;
  readonly version: 4 | 6;
  readonly bits: number;
}

function readBlock(text: string): Block | null {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version !== 4 && version !== 6) return null;
  const max = version === 4 ? 32 : 128;
  const length = bits === undefined ? max : /^(0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : NaN;
  return address.includes("%") || more.length > 0 || !(length <= max)
    ? null
    : { address: address.toLowerCase(), version, bits: length };
}

/** Reads an address block. An address alone is a block of one; a block of everything is refused. */
export function parseCidr(text: string): CidrResult {
  const block = readBlock(text);
  if (block === null) {
    return {
      ok: false,
      problem: "is not a block of addresses",
      remedy: "write it like 203.0.113.0/24 or 2001:db8::/32",
    };
  }
  if (block.bits === 0) {
    return {
      ok: false,
      problem: "is every address",
      remedy: "leave sourceCidrs out to allow logins from anywhere",
    };
  }
  return { ok: true, cidr: `${block.address}/${block.bits}` };
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
  return (
    block !== null &&
    outer.some((other) => {
      const around = readBlock(other);
      return around?.version === block.version && prefixOf(block).startsWith(prefixOf(around));
    })
  );
}

/** Do blocks together hold every address of IPv4, or of IPv6, though none of them does alone? */
export function coverEverybody(cidrs: readonly string[]): boolean {
  const blocks = cidrs.flatMap((cidr) => readBlock(cidr) ?? []);
  return ([4, 6] as const).some((version) => {
    const prefixes = blocks.filter((b) => b.version === version).map(prefixOf);
    return covers("", prefixes);
  });
}

/** Is every address that begins with `bits` in a block? */
function covers(bits: string, prefixes: readonly string[]): boolean {
  if (prefixes.includes(bits)) return true;
  const inside = prefixes.filter((prefix) => prefix.startsWith(bits));
  return inside.length >= 2 && covers(`${bits}0`, inside) && covers(`${bits}1`, inside);
}

/** The bits with which all addresses of a block begin. */
function prefixOf({ address, version, bits }: Block): string {
  const groups = version === 4 ? address.split(".").map(Number) : groupsOf(address);
  return groups
    .map((group) => group.toString(2).padStart(version === 4 ? 8 : 16, "0"))
    .join("")
    .slice(0, bits);
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The URL parser writes an address with four numbers at its end in groups alone.
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const read = (part: string) => (part === "" ? [] : part.split(":").map((group) => parseInt(group, 16)));
  const [before, after] = [read(head), read(tail ?? "")];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
