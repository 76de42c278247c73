import { command, write } from "./folder";
import { payload, tokenOf } from "./login";

/*
 * The transcripts of a page, run again. What is ours runs for real; `gp` and `aws` print what theirs would for the
 * workspace that the transcript begins with.
 */

const issuer = "https://services.acme.gitpod.cloud/idp";
const sayContext = 'echo "$GITPOD_WORKSPACE_CONTEXT_URL"';
const saySubject = "gp idp token --audience sts.amazonaws.com --decode | jq -r .Payload.sub";

interface Step {
  readonly command: string;
  readonly output: string;
}

/** A page's manifests and transcripts: each transcript with the manifest that was shown last before it. */
export function transcripts(page: string): readonly { readonly manifest: string; readonly text: string }[] {
  let manifest = "";
  return [...page.matchAll(/^```(yaml|console)\n(.*?)^```$/gms)].flatMap(([, language, text = ""]) => {
    if (language === "console") return [{ manifest, text }];
    if (text.startsWith("version:")) manifest = text;
    return [];
  });
}

/** A transcript with the outputs that its commands have now, in the working directory. */
export async function rerun(manifest: string, text: string): Promise<string> {
  write({ "manifest.yaml": manifest });
  let subject = "";
  let status = 0;
  let written = "";
  for (const step of stepsOf(text)) {
    if (step.command === sayContext || step.command === saySubject) {
      subject = step.output.trimEnd();
      written += `$ ${step.command}\n${step.output}`;
    } else if (step.command === "echo $?") {
      written += `$ ${step.command}\n${status}\n`;
    } else {
      const result = await run(step.command, subject);
      status = result.status;
      written += `$ ${step.command}\n${result.output}`;
    }
  }
  return written;
}

function stepsOf(text: string): readonly Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => ({
      command: step.slice(0, step.indexOf("\n")),
      output: step.slice(step.indexOf("\n") + 1),
    }));
}

async function run(
  line: string,
  subject: string,
): Promise<{ readonly status: number; readonly output: string }> {
  const piped = line.split(" | ");
  const [ours = "", file] = (piped.at(-1) ?? "").split(" < ");
  const [npx, program, ...argv] = ours.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
  if (npx !== "npx" || program !== "gitpod-aws-oidc" || piped.length > 2)
    throw new Error(`not a command of ours: ${line}`);
  const stdin = file === undefined ? inputOf(piped.length === 2 ? piped[0] : "", subject) : oldToken(subject);
  const { status, stdout, stderr } = await command(argv, {}, { stdin });
  return { status, output: stdout + stderr };
}

/** What another program writes into the pipe. */
function inputOf(line = "", subject: string): string {
  if (line === "") return "";
  if (line.startsWith("aws cloudtrail lookup-events ")) return eventsOf(subject);
  const audiences = [...line.matchAll(/ --audience (\S+)/g)].map(([, audience = ""]) => audience);
  if (!line.startsWith("gp idp token ") || audiences.length === 0)
    throw new Error(`not a command of gp: ${line}`);
  const claims = payload(subject, { iss: issuer, aud: audiences, azp: audiences[0] });
  return line.endsWith(" --decode")
    ? JSON.stringify({ Header: { alg: "RS256", kid: "id-1" }, Payload: claims }, null, 4)
    : `${tokenOf(claims)}\n`;
}

function oldToken(subject: string): string {
  const issued = Date.parse("2026-06-01T10:00:00Z") / 1000;
  return tokenOf(payload(subject, { iss: issuer, iat: issued, exp: issued + 3600 }));
}

function eventsOf(subject: string): string {
  const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer.slice("https://".length)}`;
  const refused = {
    eventTime: "2026-06-01T11:58:03Z",
    eventName: "AssumeRoleWithWebIdentity",
    sourceIPAddress: "198.51.100.7",
    errorCode: "AccessDenied",
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider}:sts.amazonaws.com:${subject}`,
      userName: subject,
      identityProvider: provider,
    },
    requestParameters: { roleArn: "arn:aws:iam::123456789012:role/acme-acme-tools" },
  };
  const { errorCode, ...login } = refused;
  const admitted = { ...login, eventTime: "2026-06-01T09:12:40Z", sourceIPAddress: "203.0.113.9" };
  return JSON.stringify({
    Events: [refused, admitted].map((event) => ({ CloudTrailEvent: JSON.stringify(event) })),
  });
}
