import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import { isSharedIssuer } from "../model/issuer";
import type { WorkspaceSource } from "../policy/workspaceTrust";

/** A finding of a role that somebody accepts, with a reason. */
export interface AcceptedFinding {
  readonly rule: "T54" | "T57";
  readonly reason: string;
}

/**
 * Says how far a role's trust reaches: a whole organization (T54), or an issuer where anybody gets a workspace (T57),
 * which for an organization is an error. Accepted findings are not repeated.
 */
export function annotateReach(
  scope: IConstruct,
  workspaces: WorkspaceSource,
  issuer: string,
  accept: readonly AcceptedFinding[],
): void {
  const accepted = (rule: AcceptedFinding["rule"]) =>
    accept.some((a) => a.rule === rule && /[\p{L}\p{N}]/u.test(a.reason));
  const annotations = Annotations.of(scope);
  const isOrg = workspaces.kind === "org";
  if (isOrg && !accepted("T54")) {
    annotations.addWarning(
      `T54: every repository of ${workspaces.url}, present and future, may assume this role`,
    );
  }
  if (!isSharedIssuer(issuer) || accepted("T57")) return;
  const who = isOrg ? "everybody may open a public one" : "everybody may, if it is public";
  const message = `T57: anybody can get a workspace on ${issuer}: whoever may read ${isOrg ? "a repository of " : ""}${workspaces.url} gets in, and ${who}`;
  if (isOrg) annotations.addError(message);
  else annotations.addWarning(message);
}
