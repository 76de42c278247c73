import { lintGitpodYml } from "../../src/cli/lintGitpodYml";
import { lintedModel, lintedRepository } from "../support/lint";

const around = { file: ".gitpod.yml", model: lintedModel, repositories: [lintedRepository] };
const wrong = "gp idp login aws --role-arn arn:aws:iam::1:role/x";

async function rulesIn(init: string): Promise<readonly string[]> {
  const { findings } = await lintGitpodYml(`tasks:\n  - init: ${JSON.stringify(init)}\n`, around);
  return findings.map(({ rule }) => rule).sort();
}

describe("a login that another program runs is found, with its role", () => {
  it.each([
    `echo '${wrong}' | bash`,
    `printf '%s\\n' '${wrong}' | sh -s`,
    `printf '${wrong}\\n' | sudo bash`,
    `cat <<'E' | tee log | bash\n${wrong}\nE`,
    `{ echo 'cd /tmp'; echo '${wrong}'; } | bash`,
    `bash <<< '${wrong}'`,
    `bash < <(echo '${wrong}')`,
    `bash <(echo '${wrong}')`,
    `source <(echo '${wrong}')`,
    `. /dev/stdin <<< '${wrong}'`,
    `echo '${wrong}' > login.sh; bash ./login.sh`,
    `cat > ./login.sh <<'E'\n${wrong}\nE\nchmod +x login.sh && ./login.sh`,
    `eval "$(echo '${wrong}')"`,
    `xargs ${wrong}`,
    `echo x | xargs -I{} sh -c '${wrong}'`,
    `echo '${wrong}' | xargs -I{} bash -c '{}'`,
    `flock /tmp/l ${wrong}`,
    `flock /tmp/l -c '${wrong}'`,
    `script -qc '${wrong}' /dev/null`,
    `su - gitpod -c '${wrong}'`,
    `env -S '${wrong}'`,
    `env --split-string='${wrong}'`,
    `find . -maxdepth 0 -exec ${wrong} \\;`,
    `find . -maxdepth 0 -exec sh -c '${wrong}' \\;`,
    `doas -u gitpod ${wrong}`,
    `parallel ${wrong} ::: a`,
    `parallel ::: '${wrong}'`,
    `$(which gp) ${wrong.slice(3)}`,
    `"$(command -v gp)" ${wrong.slice(3)}`,
    `"$GP" ${wrong.slice(3)}`,
    `bash -c "cd $DIR && ${wrong}"`,
    `some-wrapper --flag ${wrong}`,
    `ssh localhost '${wrong}'`,
    `docker run --rm image sh -c '${wrong}'`,
    `tmux new-session -d '${wrong}'`,
    `python3 -c 'import subprocess; subprocess.run("${wrong}".split())'`,
    `python3 <<E\nrun(["gp", "idp", "login", "aws", "--role-arn", "arn:aws:iam::1:role/x"])\nE`,
    "nice-wrapper aws sts assume-role-with-web-identity --role-arn arn:aws:iam::1:role/x",
  ])("%s", async (init) => {
    expect(await rulesIn(init)).toEqual(["S01", "S10"]);
  });

  it.each([
    `echo '${wrong}'`,
    `echo '${wrong}' | tee notes.md | grep gp`,
    `cat > notes.md <<'E'\n${wrong}\nE`,
    `git commit -m 'use ${wrong}'`,
    `grep -r '${wrong}' . | wc -l`,
    `echo '${wrong}' > README; cat README`,
    `MESSAGE='${wrong}'; echo "$MESSAGE"`,
    `test "$X" = '${wrong}'`,
    `help() { echo '${wrong}'; }; help`,
    "run-tests --only gp-idp-login-aws",
  ])("%s runs none", async (init) => {
    expect(await rulesIn(init)).toEqual([]);
  });
});

describe("beside what Gitpod refuses", () => {
  it.each([
    ["a key twice", "env:\n  A: b\n  A: c\n", ""],
    ["several documents", "", "---\na: b\n"],
    ["an unknown key", "nonsense: 1\n", ""],
    ["a number for text", "env: { A: 1 }\n", ""],
  ])("%s, everything else is found", async (_, before, behind) => {
    const text = `${before}tasks:\n  - init: ${wrong}\n${behind}`;
    const { findings } = await lintGitpodYml(text, around);
    expect(findings.map(({ rule }) => rule).sort()).toEqual(["S01", "S10", "S13"]);
  });

  it("what is no YAML is said once, and its keys are found still", async () => {
    const text = `tasks:\n  - init: [\n# AKIAQQQQQQQQQQQQQQQQ\n  }: ${wrong}\n`;
    const { findings } = await lintGitpodYml(text, around);
    expect(findings.map(({ rule }) => rule).sort()).toEqual(["S11", "S13"]);
  });
});
