/* What a report is for other programs has doors of its own: formatJson, formatMarkdown and formatSarif. */
export * from "./diagnostic";
export * from "./formatText";
export * from "./markdown";
export * from "./nearest";
export * from "./quote";
export * from "./report";
export * from "./textPositions";
