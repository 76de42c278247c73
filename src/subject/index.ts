export { dialects, knownHosts, type ContextWord, type HostDialect } from "./hosts";
export { branchProblem, contextsOf, subjectsOf, type SubjectSource } from "./subjects";
export { parseEntryUrl, scmHosts, type EntryUrl, type EntryUrlResult, type ScmHost } from "./url";
