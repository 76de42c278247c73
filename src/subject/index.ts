export { claimKeys, orgClaimSubjects, repoClaimSubjects, type ClaimList } from "./claims";
export { dialects, hasDotGit, hostKinds, knownHosts, type ContextWord, type HostDialect } from "./hosts";
export { branchProblem, cloneUrl, contextsOf, hasContext, orgSubjects, repoSubjects } from "./subjects";
export {
  onaBearers,
  onaSubjects,
  onaVersionOf,
  parseOnaSubject,
  type OnaBearer,
  type OnaSubject,
} from "./ona";
export { parseEntryUrl, scmHosts, type EntryUrl, type EntryUrlResult } from "./url";
export { claimsOf, parseSubject, type ParsedSubject } from "./parseSubject";
export { subjectOfContextUrl } from "./contextUrl";
export { exampleSubjects, forkLinks, scmHostOf, subjectReach, type SubjectReach } from "./subjectPattern";
export {
  isDisguised,
  isGuarded,
  leavesPath,
  opensElsewhere,
  traversals,
  traversalsOfLength,
} from "./traversal";
export {
  byFit,
  isSaid,
  literalsByAuthority,
  possibleHosts,
  recognise,
  recogniseOna,
  type AdmittedSubjects,
  type OnaProjects,
  type Recognised,
  type SubjectLiteral,
} from "./recognise";
export { parseRemoteUrl, type RemoteUrlResult } from "./remoteUrl";
