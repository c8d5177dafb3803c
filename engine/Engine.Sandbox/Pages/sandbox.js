// What the simulators' pages share: the language, the texts of elements with data-text, and talking to the sandbox.

export const by = id => document.getElementById(id);

/** Shows the page in its language: the address's `lang`, or else the browser's. Gives that language's texts. */
export function begin(texts, title = "badge") {
  const wanted = new URLSearchParams(location.search).get("lang") ?? (navigator.language.startsWith("ru") ? "ru" : "en");
  const language = wanted === "ru" ? "ru" : "en";
  const t = { ...texts[language], lost: language === "ru" ? "Песочница не отвечает." : "The sandbox does not answer." };
  document.documentElement.lang = language;
  document.title = t[title];
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];
  return t;
}

/** Says something to the person, in the element `said`. */
export function say(text, isGood = false) {
  by("said").textContent = text;
  by("said").classList.toggle("good", isGood);
}

/** Does something at the sandbox; gives the answer, or null where none came, which it says. */
export async function act(path, t) {
  const answer = await fetch(path, { method: "POST" }).catch(() => null);
  if (!answer) say(t.lost);
  return answer;
}

/** Looks once at how things stand. */
export async function look(show, t) {
  try {
    const answer = await fetch(`phone/state?lang=${document.documentElement.lang}`, { cache: "no-store" });
    if (!answer.ok) throw new Error();
    show(await answer.json());
    if (by("said")?.textContent === t.lost) say("");
  } catch {
    if (by("said")) say(t.lost);
  }
}

/** Looks every second. */
export async function watch(show, t) {
  await look(show, t);
  setTimeout(() => watch(show, t), 1000);
}
