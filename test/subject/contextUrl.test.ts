import fc from "fast-check";
import { subjectOfContextUrl } from "../../src/subject";
import { anyUrl } from "../support/nasty";
import { runs } from "../proof/settings";

const app = "https://github.com/acme/app";

describe("the subject of what somebody types", () => {
  it.each([
    [app, app],
    [`  ${app}\n`, app],
    ["github.com/acme/app", app],
    ["gl.acme.com:8443/acme/app", "https://gl.acme.com:8443/acme/app"],
    ["git@github.com:acme/app.git", `${app}.git`],
    [`${app}.git`, `${app}.git`],
    [`${app}/`, `${app}/`],
    ["https://github.com/ACME/App", "https://github.com/ACME/App"],
    [`${app}?x=1#frag`, `${app}?x=1#frag`],
    [`${app}/any/unknown/path`, `${app}/any/unknown/path`],
    [`${app}/../../evil/repo`, `${app}/../../evil/repo`],
    [`referrer:jetbrains-gateway:goland/${app}`, app],
    [`FOO=bar,B=c/${app}`, app],
    [`FOO=bar,junk/${app}`, app],
    [`FOO=a%20b/${app}`, app],
    [`a-b=c/${app}`, app],
    [`FOO=/${app}`, `FOO=/${app}`],
    [`FOO=a=b/${app}`, `FOO=a=b/${app}`],
    [`#${app}`, app],
    [`/${app}`, app],
    [`https://gitpod.io/#/${app}`, app],
    [`imagebuild/${app}`, app],
    [`open-prebuild/6a1b/${app}`, app],
    [`open-prebuild/6a1b/git@github.com:acme/app.git`, `${app}.git`],
    [`imagebuild/FOO=bar/${app}`, `FOO=bar/${app}`],
    ["snapshot/6a1b1a3c", "snapshot/6a1b1a3c"],
    ["", "no-context"],
    ["   ", "no-context"],
    ["no-context", "no-context"],
    [`https://acme.gitpod.cloud/#${app}`, app],
    [`https://acme.gitpod.cloud/new/#${app}`, app],
    [`https://acme.gitpod.cloud/new#FOO=bar/${app}`, app],
    [`${app}#readme`, `${app}#readme`],
    ["http://github.com/acme/app", "http://github.com/acme/app"],
  ])("%j is %j", (typed, subject) => {
    expect(subjectOfContextUrl(typed)).toBe(subject);
  });

  it("of anything is found without throwing, and that of a plain URL is the URL", () => {
    fc.assert(
      fc.property(fc.string(), anyUrl, (text, url) => {
        expect(typeof subjectOfContextUrl(text)).toBe("string");
        expect(subjectOfContextUrl(url)).toBe(url.trim());
      }),
      runs(100),
    );
  });
});
