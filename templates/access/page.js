"use strict";
/*
 * The page of `access`: a list of roles with filters, and for whatever is selected a picture and its details. All text is
 * set as text, never as markup. What is selected stands in the address behind #, so that links and the back button work.
 */
const pageSize = 100;
/** Roles of one picture: more are counted. */
const pictureSize = 24;
const day = 86_400_000;

const byId = (id) => document.getElementById(id);
const { strings, columns: names, roles: packed } = unpackStrings(JSON.parse(byId("data").textContent));
const roles = packed.map((values, id) => roleOf(Object.fromEntries(values.map((value, i) => [names[i], value])), id));
const entries = indexed(roles.flatMap((role) => (role.url === null ? [] : [role.url])));
const targets = indexed(roles.flatMap((role) => role.targets.map(({ key }) => key)));
const accounts = indexed(roles.map((role) => role.account));
const byEntry = grouped((role) => (role.url === null ? [] : [role.url]));
const byTarget = grouped((role) => new Set(role.targets.map(({ key }) => key)));
const byAccount = grouped((role) => [role.account]);
const state = { search: "", filters: {}, sort: "account", down: false, page: 0 };

/** Strings are sorted and say how much of the one before they repeat. */
function unpackStrings(data) {
  let last = "";
  return {
    ...data,
    strings: data.strings.map(([shared, rest]) => {
      last = last.slice(0, shared) + rest;
      return last;
    }),
  };
}

/** Packed values: a number stands for a string. */
function unpack(value) {
  if (typeof value === "number") return strings[value];
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)]));
}

/** A role without its policies and lines, which are unpacked when somebody looks at it. */
function roleOf({ policies, text, ...rest }, id) {
  const role = unpack(rest);
  const host = role.url === null ? "none" : role.url.replace(/^https:\/\/([^/]*).*$/, "$1");
  const targets = role.may.flatMap(({ words, level, names }) =>
    names.map((name) => ({ key: `${role.account}\n${name}`, name, level, words })),
  );
  return { ...role, id, host, targets, session: Number(role.session), policies, text };
}

function indexed(texts) {
  const list = [...new Set(texts)].sort();
  return { list, of: new Map(list.map((text, i) => [text, i])) };
}

function grouped(keysOf) {
  const groups = new Map();
  for (const role of roles)
    for (const key of keysOf(role)) groups.has(key) ? groups.get(key).push(role) : groups.set(key, [role]);
  return groups;
}

/** Text with the characters that do not show, or that reorder others, made visible. */
function visible(text) {
  return String(text).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u2800\u3164\uffa0]|(?! )\p{Zs}/gu,
    (c) => (c === "\n" ? c : `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`),
  );
}

function short(text, length) {
  const shown = Array.from(visible(String(text).slice(0, 2 * length)));
  return shown.length > length || String(text).length > 2 * length ? `${shown.slice(0, length - 1).join("")}…` : shown.join("");
}

const svgSpace = "http://www.w3.org/2000/svg";
const svgTags = new Set(["svg", "g", "rect", "text", "path", "title"]);

/** An element; what is no element among its children becomes text. */
function make(tag, attributes = {}, ...children) {
  const isSvg = svgTags.has(tag) || attributes.svg;
  const node = isSvg ? document.createElementNS(svgSpace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name !== "svg" && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children.flat().map((child) => (child instanceof Node ? child : visible(child))));
  return node;
}

const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const accountName = (account) => account.split("\n")[0];
const accountId = (account) => account.split("\n")[1];
const path = (url) => url.replace(/^https:\/\/[^/]*\//, "");
const link = (kind, id, text) => make("a", { href: `#${kind}=${id}` }, text);
const entryLink = (url) => link("entry", entries.of.get(url), url);
const targetLink = ({ key, name }) => link("resource", targets.of.get(key), name);

function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return [hours && `${hours}h`, minutes && `${minutes}m`].filter(Boolean).join("") || `${seconds}s`;
}

/** Days until a date, by the clock of whoever reads; Infinity: never. */
const daysTo = (date) => (date === null ? Infinity : Math.floor((Date.parse(date) - Date.now()) / day) + 1);
const endsIn = (role, days) => [role.expires, ...role.accepted.map((a) => a.until)].some((date) => daysTo(date) <= days);

/** What can be filtered by: each with the values of a role. */
const filters = {
  account: { label: "Account", of: (role) => [accountName(role.account)] },
  installation: { label: "Installation", of: (role) => [role.installation ?? "none"] },
  host: { label: "Host", of: (role) => [role.host] },
  resource: { label: "Resource", of: (role) => role.may.map(({ kind }) => kind) },
  access: { label: "Access", of: (role) => role.may.map(({ level }) => level) },
  ends: {
    label: "Ends",
    options: ["has ended", "within 30 days", "within 90 days", "at some time", "never"],
    of: (role) => [
      ...(endsIn(role, 0) ? ["has ended"] : []),
      ...(endsIn(role, 30) ? ["within 30 days"] : []),
      ...(endsIn(role, 90) ? ["within 90 days"] : []),
      role.expires === null ? "never" : "at some time",
    ],
  },
  accepted: {
    label: "Accepted risks",
    of: (role) => (role.accepted.length === 0 ? ["none"] : ["some", ...role.accepted.map(({ rule }) => rule)]),
  },
};

const columns = {
  role: { label: "Role", of: (role) => role.name },
  entry: { label: "Who gets in", of: (role) => path(role.url ?? "") },
  may: { label: "What they may do", of: (role) => role.may.length },
  ends: { label: "Ends", of: (role) => role.expires ?? "9999" },
  from: { label: "From", of: (role) => role.cidrs.join() },
  session: { label: "Session", of: (role) => role.session },
  account: { label: "Account", of: (role) => `${role.account}\n${role.name}` },
};

function haystack(role) {
  role.haystack ??= [role.name, role.account, role.url, role.admits, role.may.map((m) => [m.words, m.names]), role.cidrs]
    .concat([role.boundary, role.accepted.map((a) => [a.rule, a.reason])])
    .flat(3)
    .join("\n")
    .toLowerCase();
  return role.haystack;
}

function found() {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const set = Object.entries(state.filters).filter(([, value]) => value !== "");
  const list = roles.filter(
    (role) =>
      set.every(([name, value]) => filters[name].of(role).includes(value)) &&
      words.every((word) => haystack(role).includes(word)),
  );
  const { of } = columns[state.sort];
  const keyed = list.map((role) => [of(role), role]);
  keyed.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x.id - y.id));
  if (state.down) keyed.reverse();
  return keyed.map(([, role]) => role);
}

function tag(level) {
  const kind = ["read", "pull", "describe", "receive", "decrypt"].includes(level) ? "read" : level === "wide" ? "wide" : "write";
  return make("span", { class: `tag ${level === "denied" ? "" : kind}` }, level);
}

function mayItem({ words, level }, length = 160) {
  const start = words.startsWith(`${level} `) ? words.slice(level.length + 1) : words;
  return make("li", {}, tag(level), short(start, length));
}

function few(items, render) {
  const rest = items.length - 4;
  return make("ul", {}, items.slice(0, 4).map(render), rest > 0 ? make("li", { class: "soft" }, `and ${rest} more`) : []);
}

function endCell(role) {
  if (role.expires === null) return "never";
  return daysTo(role.expires) <= 0 ? make("span", { class: "ended" }, `ended ${role.expires}`) : role.expires;
}

function tableRow(role) {
  const cell = (name, ...children) => make("td", { class: name, "data-label": columns[name].label }, ...children);
  return make(
    "tr",
    {},
    make("th", { scope: "row", class: "mono" }, link("role", role.id, short(role.name, 120))),
    cell("entry", few(role.admits, (words) => make("li", {}, short(words, 160)))),
    cell("may", role.may.length === 0 ? "nothing" : few(role.may, (permission) => mayItem(permission))),
    cell("ends", endCell(role)),
    cell("from", role.cidrs.length === 0 ? "anywhere" : few(role.cidrs, (cidr) => make("li", { class: "mono" }, cidr))),
    cell("session", duration(role.session)),
    cell("account", link("account", accounts.of.get(role.account), short(accountName(role.account), 60))),
  );
}

function showList(all = false) {
  const list = found();
  const pages = Math.max(1, Math.ceil(list.length / pageSize));
  state.page = Math.min(state.page, pages - 1);
  const from = all ? 0 : state.page * pageSize;
  const shown = list.slice(from, all ? 2000 : from + pageSize);
  byId("rows").replaceChildren(...shown.map(tableRow));
  const part = shown.length < list.length ? `, ${from + 1} to ${from + shown.length} shown` : "";
  byId("count").textContent = `${list.length} of ${plural(roles.length, "role")}${part}`;
  for (const [name, head] of Object.entries(heads))
    head.setAttribute("aria-sort", name !== state.sort ? "none" : state.down ? "descending" : "ascending");
  const step = (label, by) => {
    const button = make("button", { type: "button", disabled: !pages || state.page + by < 0 || state.page + by >= pages }, label);
    button.addEventListener("click", () => {
      state.page += by;
      showList();
      byId("list").scrollIntoView();
    });
    return button;
  };
  const place = make("span", {}, `Page ${state.page + 1} of ${pages}`);
  byId("pager").replaceChildren(...(pages > 1 ? [step("Previous", -1), place, step("Next", 1)] : []));
}

function update(change) {
  Object.assign(state, { page: 0 }, change);
  showList();
}

const heads = Object.fromEntries(
  Object.entries(columns).map(([name, { label }]) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", () => update({ sort: name, down: state.sort === name && !state.down }));
    return [name, make("th", { scope: "col" }, button)];
  }),
);

function showFilters() {
  const search = make("input", { type: "search", id: "search", placeholder: "role, repository, resource, reason…", autocomplete: "off" });
  search.addEventListener("input", () => update({ search: search.value }));
  const selects = Object.entries(filters).flatMap(([name, { label, options, of }]) => {
    const values = options ?? [...new Set(roles.flatMap(of))].sort();
    if (values.length < 2) return [];
    const select = make("select", { name }, make("option", { value: "" }, "any"), values.map((value) => make("option", { value }, short(value, 60))));
    select.addEventListener("change", () => update({ filters: { ...state.filters, [name]: select.value } }));
    return [make("label", {}, label, select)];
  });
  const reset = make("button", { type: "reset" }, "Reset");
  const form = byId("filters");
  form.replaceChildren(make("label", { class: "search" }, "Search", search), ...selects, reset);
  form.addEventListener("reset", () => update({ search: "", filters: {} }));
  form.addEventListener("submit", (event) => event.preventDefault());
}

function showFigures() {
  const figures = [
    ["Roles", roles.length],
    ["Repositories and organizations", entries.list.length],
    ["Accounts", accounts.list.length],
    ["Resources", targets.list.length],
    ["Roles with wide permissions", roles.filter((role) => role.may.some(({ level }) => level === "wide")).length],
    ["Roles with accepted risks", roles.filter((role) => role.accepted.length > 0).length],
    ["Ended, or ends within 30 days", roles.filter((role) => endsIn(role, 30)).length],
  ];
  byId("figures").replaceChildren(...figures.map(([label, count]) => make("div", {}, make("dt", {}, label), make("dd", {}, count.toLocaleString("en")))));
}

/** Who gets in on the left, roles in the middle, accounts with their resources on the right. */
function picture(list, here, only = null) {
  const shown = list.slice(0, pictureSize);
  const [height, gap, width] = [30, 10, 300];
  const nodes = new Map();
  const ends = [0, 0, 0];
  const place = (column, key, label, kind, address) => {
    if (nodes.has(key)) return;
    nodes.set(key, { column, x: 400 * column, y: 24 + ends[column] * (height + gap), label, kind, address, key });
    ends[column] += 1;
  };
  const edges = [];
  const byPlace = [...shown].sort((a, b) => (a.account < b.account ? -1 : a.account > b.account ? 1 : a.id - b.id));
  for (const role of byPlace) {
    if (role.url !== null) {
      place(0, `e${role.url}`, path(role.url), "entry", `#entry=${entries.of.get(role.url)}`);
      edges.push([`e${role.url}`, `r${role.id}`, ""]);
    }
    place(1, `r${role.id}`, role.name, "role", `#role=${role.id}`);
    const account = `a${role.account}`;
    place(2, account, `${accountName(role.account)} ${accountId(role.account)}`, "account", `#account=${accounts.of.get(role.account)}`);
    const reached = role.targets.filter(({ key }) => only === null || key === only);
    if (reached.length === 0) edges.push([`r${role.id}`, account, ""]);
    for (const { key, name, level } of reached) {
      place(2, `t${key}`, name, "resource", `#resource=${targets.of.get(key)}`);
      edges.push([`r${role.id}`, `t${key}`, level]);
    }
  }
  const most = Math.max(...ends);
  const tall = 24 + most * (height + gap);
  // A short column stands beside the middle of a long one.
  for (const node of nodes.values()) node.y += ((most - ends[node.column]) * (height + gap)) / 2;
  const lines = edges.map(([from, to, level]) => {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    const [x, y, z, w] = [a.x + width, a.y + height / 2, b.x, b.y + height / 2];
    const kind = level === "wide" ? "wide" : level === "" || tag(level).classList.contains("read") ? "" : "write";
    return make("path", { class: kind, d: `M${x} ${y} C${x + 50} ${y} ${z - 50} ${w} ${z} ${w}` });
  });
  const boxes = [...nodes.values()].map(({ x, y, label, kind, address, key }) =>
    make(
      "a",
      { svg: true, href: address, class: key === here ? `${kind} here` : kind },
      make("title", {}, short(label, 300)),
      make("rect", { x, y, width, height, rx: 6 }),
      // Of a long name both ends tell.
      make("text", { x: x + 10, y: y + 20 }, label.length > 38 ? `${short(label, 14)}${visible(label.slice(-24))}` : visible(label)),
    ),
  );
  const titles = ["Who gets in", "Roles", "Accounts and resources"].map((text, i) => make("text", { class: "head", x: i * 400, y: 12 }, text));
  const svg = make("svg", { viewBox: `-3 -3 1106 ${tall + 6}`, role: "group", "aria-label": "Who reaches what" }, titles, lines, boxes);
  const rest = list.length - shown.length;
  return [
    make("div", { class: "picture", tabindex: "0", role: "group", "aria-label": "Picture, may scroll sideways" }, svg),
    rest > 0 ? make("p", { class: "soft" }, `The picture shows ${shown.length} of ${list.length} roles.`) : [],
  ].flat();
}

function facts(rows) {
  const shown = rows.filter(([, values]) => values.length > 0);
  return make("dl", { class: "facts" }, shown.flatMap(([label, values]) => [make("dt", {}, label), make("dd", {}, values.map((value) => make("div", {}, value)))]));
}

function roleView(role) {
  const { trust, permissions } = unpack(role.policies);
  const block = (title, text) => [make("h3", {}, title), make("pre", { tabindex: "0", role: "group", "aria-label": title }, text)];
  const json = (policy) => JSON.stringify(policy, null, 2);
  const lines = unpack(role.text);
  return [
    make("h2", { id: "name", class: "mono", tabindex: "-1" }, role.name),
    make("p", { class: "soft mono" }, role.arn),
    facts([
      ["Who gets in", role.admits],
      ["Written for", role.url === null ? [] : [entryLink(role.url)]],
      ["May", role.may.length === 0 ? ["nothing"] : [make("ul", {}, role.may.map((permission) => mayItem(permission, 20_000)))]],
      ["Reaches", role.targets.map(targetLink)],
      ["Ends", [endCell(role)]],
      ["Logins from", role.cidrs.length === 0 ? ["anywhere"] : role.cidrs],
      ["Session", [duration(role.session)]],
      ["Permissions boundary", role.boundary === null ? [] : [role.boundary]],
      ["Tokens of", role.issuers.map((issuer) => `${issuer} for ${role.audience}`)],
      ["Account", [link("account", accounts.of.get(role.account), accountName(role.account)), accountId(role.account)]],
      ["Accepted risks", role.accepted.map((a) => `${a.rule}: ${a.reason}${a.until === null ? "" : ` (until ${a.until})`}`)],
    ]),
    make("h3", {}, "Who reaches what"),
    ...picture([role], `r${role.id}`),
    ...(lines.length === 0 ? [] : block(`Manifest, ${role.place}`, lines.join("\n"))),
    ...block("Trust policy", json(trust)),
    ...(permissions === null ? [] : block("Permissions", json(permissions))),
  ];
}

function groupView(title, list, here, about, only) {
  return [
    make("h2", { id: "name", tabindex: "-1" }, title),
    make("p", { class: "soft" }, about),
    make("h3", {}, "Who reaches what"),
    ...picture(list, here, only),
    make("h3", {}, plural(list.length, "role")),
    make("ul", {}, list.slice(0, 500).map((role) => make("li", {}, link("role", role.id, role.name), `: ${short(role.admits.join(", "), 200)}`))),
  ];
}

const views = {
  role: (id) => (roles[id] === undefined ? null : roleView(roles[id])),
  entry: (id) => {
    const url = entries.list[id];
    return url === undefined ? null : groupView(url, byEntry.get(url), `e${url}`, "What its workspaces reach");
  },
  resource: (id) => {
    const key = targets.list[id];
    if (key === undefined) return null;
    const [account, number, ...name] = key.split("\n");
    return groupView(name.join("\n"), byTarget.get(key), `t${key}`, `Who reaches it from account ${account} (${number})`, key);
  },
  account: (id) => {
    const account = accounts.list[id];
    if (account === undefined) return null;
    return groupView(accountName(account), byAccount.get(account), `a${account}`, `Account ${accountId(account)}`);
  },
};

function route() {
  const [, kind, id] = /^#(role|entry|resource|account)=([0-9]+)$/.exec(location.hash) ?? [];
  const view = kind === undefined ? null : views[kind](Number(id));
  const wasFocused = !byId("focus").hidden;
  for (const part of ["list", "figures"]) byId(part).hidden = view !== null;
  byId("focus").hidden = view === null;
  byId("focus").replaceChildren(...(view === null ? [] : [make("a", { class: "back", href: "#" }, "← All roles"), ...view]));
  if (view !== null) {
    byId("name").focus();
    scrollTo(0, 0);
  } else if (wasFocused) byId("search").focus({ preventScroll: true });
}

byId("scheme").addEventListener("click", () => {
  const { dataset } = document.documentElement;
  const isDark = dataset.scheme ? dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.scheme = isDark ? "light" : "dark";
});
addEventListener("beforeprint", () => showList(true));
addEventListener("afterprint", () => showList());
addEventListener("hashchange", route);
byId("heads").replaceChildren(...Object.values(heads));
showFigures();
showFilters();
showList();
route();
