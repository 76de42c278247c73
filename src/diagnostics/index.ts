/* Formats for other programs are imported from their own files: formatJson, formatMarkdown and formatSarif. */
export * from "./diagnostic";
export * from "./formatText";
export * from "./markdown";
export * from "./nearest";
export * from "./quote";
export * from "./report";
export * from "./textPositions";
