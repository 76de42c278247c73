/**
 * Makes a function that fills templates, each taken apart once. Filled in one pass: text that looks like a placeholder
 * stays text.
 * @param placeholder - matches `{…}` with the name as its one group
 * @returns the filled template; throws an Error where `valueOf` does not know a name
 */
export function templateFiller(
  placeholder: RegExp,
): (template: string, valueOf: (name: string) => string | undefined) => string {
  // Text and names take turns. Templates are those of tables: there are not many.
  const known = new Map<string, readonly string[]>();
  return (template, valueOf) => {
    let parts = known.get(template);
    if (parts === undefined) known.set(template, (parts = template.split(placeholder)));
    let text = "";
    parts.forEach((part, i) => {
      const value = i % 2 === 0 ? part : valueOf(part);
      if (value === undefined) throw new Error(`template ${template} names an unknown field ${part}`);
      text += value;
    });
    return text;
  };
}
