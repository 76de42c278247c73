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
const packed = JSON.parse(byId("data").textContent);
/** Strings are sorted and say how much of the one before they repeat. */
let last = "";
const strings = packed.strings.map(([shared, rest]) => (last = last.slice(0, shared) + rest));
const roles = packed.roles.map((values, id) => roleOf(Object.fromEntries(values.map((value, i) => [packed.columns[i], value])), id));
const by = {
  entry: indexed((role) => (role.url === null ? [] : [role.url])),
  resource: indexed((role) => role.targets.map(({ key }) => key)),
  account: indexed((role) => [role.account]),
};
const state = { filters: {}, sort: "account", down: false };
/** The roles that are found, of which the table has the first. */
let list = [];

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

/** Keys that roles have, sorted, with the place of each among them and its roles. */
function indexed(keysOf) {
  const groups = new Map();
  for (const role of roles)
    for (const key of new Set(keysOf(role))) groups.has(key) ? groups.get(key).push(role) : groups.set(key, [role]);
  const keys = [...groups.keys()].sort();
  return { keys, groups, place: new Map(keys.map((key, i) => [key, i])) };
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

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const accountName = (account) => account.split("\n")[0];
const path = (url) => url.replace(/^https:\/\/[^/]*\//, "");
/** Where something is shown: a role, or what `by` has by this key. */
const addressOf = (kind, of) => `#${kind}=${kind === "role" ? of.id : by[kind].place.get(of)}`;
const link = (kind, of, text) => make("a", { href: addressOf(kind, of) }, text);

function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return [hours && `${hours}h`, minutes && `${minutes}m`].filter(Boolean).join("") || `${seconds}s`;
}

/** Days until a date, by the clock of whoever reads; Infinity: never. */
const daysTo = (date) => (date === null ? Infinity : Math.floor((Date.parse(date) - Date.now()) / day) + 1);
const endsIn = (role, days) => [role.expires, ...role.accepted.map((a) => a.until)].some((date) => daysTo(date) <= days);

const terms = { "has ended": 0, "within 30 days": 30, "within 90 days": 90 };

/** What can be filtered by: each with the values of a role. */
const filters = {
  account: { label: "Account", of: (role) => [accountName(role.account)] },
  installation: { label: "Installation", of: (role) => [role.installation ?? "none"] },
  host: { label: "Host", of: (role) => [role.host] },
  resource: { label: "Resource", of: (role) => role.may.map(({ kind }) => kind) },
  access: { label: "Access", of: (role) => role.may.map(({ level }) => level) },
  ends: {
    label: "Ends",
    options: [...Object.keys(terms), "at some time", "never"],
    of: (role) => [
      ...Object.keys(terms).filter((term) => endsIn(role, terms[term])),
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
  const { name, account, url, admits, may, cidrs, boundary, accepted } = role;
  const words = [may.map((m) => [m.words, m.names]), accepted.map((a) => [a.rule, a.reason])];
  role.haystack ??= [name, account, url, admits, cidrs, boundary, words].flat(4).join("\n").toLowerCase();
  return role.haystack;
}

function found() {
  const { search = "", ...chosen } = state.filters;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const set = Object.entries(chosen).filter(([, value]) => value !== "");
  const matching = roles.filter(
    (role) =>
      set.every(([name, value]) => filters[name].of(role).includes(value)) &&
      words.every((word) => haystack(role).includes(word)),
  );
  const { of } = columns[state.sort];
  const keyed = matching.map((role) => [of(role), role]);
  keyed.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x.id - y.id));
  if (state.down) keyed.reverse();
  return keyed.map(([, role]) => role);
}

/** What a level counts as, where it is shown: `read`, `write`, `wide` or `denied`. */
function weight(level) {
  if (/^(|read|pull|describe|receive|decrypt)$/.test(level)) return "read";
  return level === "wide" || level === "denied" ? level : "write";
}

function mayItem({ words, level }, length = 160) {
  const start = words.startsWith(`${level} `) ? words.slice(level.length + 1) : words;
  return make("li", {}, make("span", { class: `tag ${weight(level)}` }, level), short(start, length));
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
    make("th", { scope: "row", class: "mono" }, link("role", role, short(role.name, 120))),
    cell("entry", few(role.admits, (words) => make("li", {}, short(words, 160)))),
    cell("may", role.may.length === 0 ? "nothing" : few(role.may, (permission) => mayItem(permission))),
    cell("ends", endCell(role)),
    cell("from", role.cidrs.length === 0 ? "anywhere" : few(role.cidrs, (cidr) => make("li", { class: "mono" }, cidr))),
    cell("session", duration(role.session)),
    cell("account", link("account", role.account, short(accountName(role.account), 60))),
  );
}

function update(change) {
  Object.assign(state, change);
  list = found();
  byId("rows").replaceChildren();
  for (const [name, head] of Object.entries(heads))
    head.setAttribute("aria-sort", name !== state.sort ? "none" : state.down ? "descending" : "ascending");
  showMore(pageSize);
}

function showMore(count) {
  const rows = byId("rows");
  const from = rows.childElementCount;
  rows.append(...list.slice(from, from + count).map(tableRow));
  const isAll = rows.childElementCount === list.length;
  byId("count").textContent = `${list.length} of ${plural(roles.length, "role")}${isAll ? "" : `, ${rows.childElementCount} shown`}`;
  byId("more").hidden = isAll;
}

const heads = Object.fromEntries(
  Object.entries(columns).map(([name, { label }]) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", () => update({ sort: name, down: state.sort === name && !state.down }));
    return [name, make("th", { scope: "col" }, button)];
  }),
);

function showFilters() {
  const search = make("input", { type: "search", id: "search", name: "search", placeholder: "role, repository, resource, reason…", autocomplete: "off" });
  const selects = Object.entries(filters).flatMap(([name, { label, options, of }]) => {
    const values = options ?? [...new Set(roles.flatMap(of))].sort();
    if (values.length < 2) return [];
    const select = make("select", { name }, make("option", { value: "" }, "any"), values.map((value) => make("option", { value }, short(value, 60))));
    return [make("label", {}, label, select)];
  });
  const reset = make("button", { type: "reset" }, "Reset");
  const form = byId("filters");
  form.replaceChildren(make("label", { class: "search" }, "Search", search), ...selects, reset);
  form.addEventListener("input", () => update({ filters: Object.fromEntries(new FormData(form)) }));
  form.addEventListener("reset", () => update({ filters: {} }));
  form.addEventListener("submit", (event) => event.preventDefault());
}

function showFigures() {
  const figures = [
    ["roles", roles.length],
    ["repositories and organizations", by.entry.keys.length],
    ["accounts", by.account.keys.length],
    ["resources", by.resource.keys.length],
    ["with wide permissions", roles.filter((role) => role.may.some(({ level }) => level === "wide")).length],
    ["with accepted risks", roles.filter((role) => role.accepted.length > 0).length],
    ["ended, or ending in 30 days", roles.filter((role) => endsIn(role, 30)).length],
  ];
  byId("figures").replaceChildren(...figures.map(([label, count]) => make("div", {}, make("dt", {}, label), make("dd", {}, count.toLocaleString("en")))));
}

/** Who gets in on the left, roles in the middle, accounts with their resources on the right. */
function picture(list, only = null) {
  const shown = list.slice(0, pictureSize);
  const [height, gap, width] = [30, 10, 300];
  const nodes = new Map();
  const ends = [0, 0, 0];
  const place = (column, kind, of, label) => {
    const address = addressOf(kind, of);
    if (nodes.has(address)) return address;
    nodes.set(address, { column, x: 400 * column, y: 24 + ends[column] * (height + gap), label, kind, address });
    ends[column] += 1;
    return address;
  };
  const edges = [];
  const byPlace = [...shown].sort((a, b) => (a.account < b.account ? -1 : a.account > b.account ? 1 : a.id - b.id));
  for (const role of byPlace) {
    const middle = place(1, "role", role, role.name);
    if (role.url !== null) edges.push([place(0, "entry", role.url, path(role.url)), middle, ""]);
    const account = place(2, "account", role.account, role.account.replace("\n", " "));
    const reached = role.targets.filter(({ key }) => only === null || key === only);
    if (reached.length === 0) edges.push([middle, account, ""]);
    for (const { key, name, level } of reached) edges.push([middle, place(2, "resource", key, name), level]);
  }
  const most = Math.max(...ends);
  const tall = 24 + most * (height + gap);
  // A short column stands beside the middle of a long one.
  for (const node of nodes.values()) node.y += ((most - ends[node.column]) * (height + gap)) / 2;
  const lines = edges.map(([from, to, level]) => {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    const [x, y, z, w] = [a.x + width, a.y + height / 2, b.x, b.y + height / 2];
    return make("path", { class: weight(level), d: `M${x} ${y} C${x + 50} ${y} ${z - 50} ${w} ${z} ${w}` });
  });
  const boxes = [...nodes.values()].map(({ x, y, label, kind, address }) =>
    make(
      "a",
      { svg: true, href: address, class: address === location.hash ? `${kind} here` : kind },
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
      ["Written for", role.url === null ? [] : [link("entry", role.url, role.url)]],
      ["May", role.may.length === 0 ? ["nothing"] : [make("ul", {}, role.may.map((permission) => mayItem(permission, 20_000)))]],
      ["Reaches", role.targets.map(({ key, name }) => link("resource", key, name))],
      ["Ends", [endCell(role)]],
      ["Logins from", role.cidrs.length === 0 ? ["anywhere"] : role.cidrs],
      ["Session", [duration(role.session)]],
      ["Permissions boundary", role.boundary === null ? [] : [role.boundary]],
      ["Tokens of", role.issuers.map((issuer) => `${issuer} for ${role.audience}`)],
      ["Account", [link("account", role.account, accountName(role.account)), role.account.split("\n")[1]]],
      ["Accepted risks", role.accepted.map((a) => `${a.rule}: ${a.reason}${a.until === null ? "" : ` (until ${a.until})`}`)],
    ]),
    make("h3", {}, "Who reaches what"),
    ...picture([role]),
    ...(lines.length === 0 ? [] : block(`Manifest, ${role.place}`, lines.join("\n"))),
    ...block("Trust policy", json(trust)),
    ...(permissions === null ? [] : block("Permissions", json(permissions))),
  ];
}

/** What an address names: a role, or all roles of an entry, a resource or an account; null where there is none. */
function viewOf(kind, id) {
  const key = kind === "role" ? roles[id] : by[kind].keys[id];
  if (key === undefined) return null;
  if (kind === "role") return roleView(key);
  const list = by[kind].groups.get(key);
  const [account, number, ...name] = key.split("\n");
  const [title, about] = {
    entry: [key, "What its workspaces reach"],
    resource: [name.join("\n"), `Who reaches it from account ${account} (${number})`],
    account: [account, `Account ${number}`],
  }[kind];
  return [
    make("h2", { id: "name", tabindex: "-1" }, title),
    make("p", { class: "soft" }, about),
    make("h3", {}, "Who reaches what"),
    ...picture(list, kind === "resource" ? key : null),
    make("h3", {}, plural(list.length, "role")),
    make("ul", {}, list.slice(0, 500).map((role) => make("li", {}, link("role", role, role.name), `: ${short(role.admits.join(", "), 200)}`))),
  ];
}

function route() {
  const [, kind, id] = /^#(role|entry|resource|account)=([0-9]+)$/.exec(location.hash) ?? [];
  const view = kind === undefined ? null : viewOf(kind, Number(id));
  const wasFocused = !byId("focus").hidden;
  for (const part of ["list", "figures"]) byId(part).hidden = view !== null;
  byId("focus").hidden = view === null;
  byId("focus").replaceChildren(...(view === null ? [] : [make("a", { class: "back", href: "#" }, "← All roles"), ...view]));
  if (view !== null) {
    byId("name").focus();
    scrollTo(0, 0);
  } else if (wasFocused) byId("search").focus({ preventScroll: true });
}

byId("more").addEventListener("click", () => showMore(pageSize));
addEventListener("beforeprint", () => showMore(2000));
addEventListener("hashchange", route);
byId("heads").replaceChildren(...Object.values(heads));
showFigures();
showFilters();
update({});
route();
