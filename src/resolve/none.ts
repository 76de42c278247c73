/** An empty list that thousands of roles share. Frozen, so that nobody can add to it. */
export const none: readonly never[] = Object.freeze([]);
