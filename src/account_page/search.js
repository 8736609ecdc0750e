// Finds choices by what people type.

/** Text as it is compared: without case, diacritics and punctuation. "Côte-d’Or" is "cote d or". */
function fold(text = "") {
  const bare = text.toUpperCase().toLowerCase().normalize("NFD").replace(/\p{Diacritic}/gu, "");
  return bare.replace(/[^\p{L}\p{M}\p{N}+]+/gu, " ").trim();
}

/** How well a choice fits to folded text: the less, the better. -1 if it does not fit. */
function rank({ value, label, detail, search }, query) {
  const name = fold(label);
  if (name.startsWith(query)) return 0;
  if (` ${name}`.includes(` ${query}`)) return 1;
  // The spaces keep a match from reaching from one text into the next.
  const all = ["", label, value, detail, search].map(fold).join("  ");
  const words = query.split(" ");
  if (words.every((word) => all.includes(` ${word}`))) return 2;
  return words.every((word) => all.includes(word)) ? 3 : -1;
}

/** The choices that fit to the text, the best ones first. */
export function search(choices, text) {
  if (!text.trim()) return choices;
  const query = fold(text);
  if (!query) return [];
  const ranked = choices.map((choice) => ({ choice, rank: rank(choice, query) })).filter((one) => one.rank >= 0);
  return ranked.sort((a, b) => a.rank - b.rank).map((one) => one.choice);
}

/** The choice whose label or value is this text. */
export function exact(choices, text) {
  const typed = fold(text);
  return typed ? choices.find(({ value, label }) => fold(label) === typed || fold(value) === typed) : undefined;
}
