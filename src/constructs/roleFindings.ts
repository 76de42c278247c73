import { Annotations, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { findingLine } from "../diagnostics";
import { isSharedIssuer } from "../model/issuer";
import { parseArn, policyArn, providerName, roleArn } from "../model/names";
import { partitionOf, partitions } from "../model/partitions";
import { defaultQuotas } from "../model/quotas";
import type { RoleAccess } from "../model/roleAccess";
import { emptyReference, loadServiceReference, many, servicePrefixes } from "../policy";
import { checkEntry } from "../rules";
import type { DescribedRole, RoleProps } from "./roleProps";
import { withTokensNamed } from "./tokens";

/** A finding of a role that somebody accepts. */
export interface AcceptedFinding {
  /** Id of a rule, as docs/rules.md lists them. */
  readonly rule: string;
  readonly reason: string;
  /** Part of the finding's message. @default - the role has one finding of the rule */
  readonly about?: string;
}

/**
 * Says of a role what a check says of the same entry in a manifest. An error that is not accepted fails the synth of
 * the app.
 */
export function annotateFindings(
  scope: IConstruct,
  props: RoleProps,
  role: DescribedRole,
  accept: readonly AcceptedFinding[],
): void {
  const file = scope.node.path;
  const access = withTokensNamed(scope, accessOf(file, props, role));
  const Statement = access.statements.map(({ statement }) => statement);
  const entry = {
    accept: accept.map(({ about = null, ...item }, i) => ({
      ...{ ...item, about, until: null },
      origin: { file, path: ["accept", i] },
    })),
    ...{ mainManifest: true, origin: access.origin },
  };
  const reference =
    Statement.length === 0
      ? emptyReference
      : loadServiceReference(servicePrefixes([{ Version: "2012-10-17", Statement }]));
  const nothingKnown = { installations: [], accounts: [], hosts: [], identityProviders: [] };
  const annotations = Annotations.of(scope);
  for (const finding of checkEntry(access, entry, { ...nothingKnown, reference })) {
    if (finding.accepted) continue;
    const line = findingLine(finding);
    if (finding.severity === "error") annotations.addError(line);
    else if (finding.severity === "warning") annotations.addWarning(line);
    else annotations.addInfo(line);
  }
}

/** What the role admits and may do. Places are those of the props. */
function accessOf(file: string, props: RoleProps, role: DescribedRole): RoleAccess {
  const { identityProvider } = props;
  const { kind, entry, contexts } = role.workspaces;
  const at = (...path: readonly (string | number)[]) => ({ file, path });
  const account = accountOf(props);
  const { partition, id } = account ?? { partition: "aws", id: "" };
  return {
    ...role,
    source: "manifest",
    origin: at(),
    arn: account === null ? null : roleArn(partition, id, role.path, role.name),
    account,
    quotas: defaultQuotas,
    boundaryWantedBy: null,
    identityProviderArns: Token.isUnresolved(identityProvider.arn) ? [] : [identityProvider.arn],
    trust: {
      kind: "entry",
      policy: role.made.trustPolicy,
      admission: {
        ...{ kind, contexts, url: entry.url, hostKind: entry.kind },
        bare: contexts.every((context) => context === "repository"),
        openTo: isSharedIssuer(identityProvider.issuer) ? providerName(identityProvider.issuer) : null,
      },
    },
    statements: (props.statements ?? []).map((written, i) => ({
      statement: written,
      origin: at("statements", i),
      itemsOrigin: { Action: many(written.Action), NotAction: many(written.NotAction) },
    })),
    documents: [],
    foreignGrants: role.grants.flatMap(({ arn }, i) => {
      const owner = arn === null ? undefined : parseArn(arn)?.account;
      const isForeign = account !== null && /^[0-9]{12}$/.test(owner ?? "") && owner !== id;
      return arn !== null && isForeign ? [{ arn, origin: at("grants", i) }] : [];
    }),
    managedPolicies: role.managedPolicies.map((arn) => ({ arn, origin: at("managedPolicies") })),
    made: {
      permissionPolicy: role.made.permissionPolicy,
      policies: {
        inline: role.made.policies.inline,
        managed: role.made.policies.managed.map((policy) => ({
          ...policy,
          arn: policyArn(partition, id, role.path, policy.name),
        })),
      },
      grantWeights: [],
    },
  };
}

/** The role's account, where the props tell it. */
function accountOf({ location, identityProvider }: RoleProps): RoleAccess["account"] {
  const arn = Token.isUnresolved(identityProvider.arn) ? null : parseArn(identityProvider.arn);
  const partition = partitions.find((p) => p === (arn?.partition ?? partitionOf(location?.region ?? "")));
  const id = arn?.account ?? location?.accountId;
  return partition === undefined || id === undefined ? null : { id, partition };
}
