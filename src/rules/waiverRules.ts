import type { Rule } from "./rule";

/** Rules about waivers and dates: the walker applies them. */
export const waiverRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "W01",
    walker: true,
    severity: "warning",
    waivableError: false,
    title: "a waiver of an unknown rule",
    why: "it waives nothing, and whoever wrote it believes that it does",
    remedy: "write the id of a rule of docs/rules.md",
  },
  {
    id: "W02",
    walker: true,
    severity: "error",
    waivableError: false,
    title: "a waiver without a reason",
    why: "nobody can tell later whether it still holds",
    remedy: "write why this is all right here",
  },
  {
    id: "W03",
    walker: true,
    severity: "warning",
    waivableError: false,
    title: "a waiver that waives nothing",
    why: "it would hide the finding if it came back",
    remedy: "remove it",
  },
  {
    id: "W04",
    walker: true,
    severity: "error",
    waivableError: false,
    title: "a waiver past its date",
    why: "what was accepted for a time is now accepted for good",
    remedy: "mend what it accepts, or decide again and write a new date",
  },
  {
    id: "W05",
    walker: true,
    severity: "error",
    waivableError: false,
    title: "an included file waives an error",
    why: "included files are other teams', and errors are not theirs to accept",
    remedy: "move the entry to the main manifest, where its reviewers see it",
  },
  {
    id: "W06",
    walker: true,
    severity: "warning",
    waivableError: false,
    title: "an entry past its expiry",
    why: "its role admits nobody any more, and is still there to be misread",
    remedy: "remove the entry, or write a later date",
  },
]);
