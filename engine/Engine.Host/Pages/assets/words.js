// The page's language: which one, its sentences, and the switch.
import { texts as en } from "./texts.en.js";
import { texts as ru } from "./texts.ru.js";
import { fill, h } from "./dom.js";

const all = { en, ru };
const names = { en: "English", ru: "Русский" };
let language = document.documentElement.lang in all ? document.documentElement.lang : "en";
let changed = () => {};

/** The sentence of this name in the page's language, with `{holes}` filled. */
export function t(name, holes = {}) {
  return all[language][name].replace(/\{(\w+)\}/g, (_, hole) => holes[hole] ?? "");
}

/** The word for a connection's health. */
export const healthWord = (health) => all[language].health[health] ?? health;

/** A flow's own text: in the page's language, or in any other it has. */
export const local = (texts) => texts?.[language] ?? texts?.en ?? Object.values(texts ?? {})[0] ?? "";

/** `0:42`, rounded up, never below zero. */
export function clockTime(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
    : `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A day in the reader's own time zone. */
export const dayOf = (moment) => new Date(moment).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });

/** Draws the switch, and calls back when the language is changed. */
export function languageSwitch(onChange) {
  changed = onChange;
  draw();
}

function draw() {
  const place = document.getElementById("languages");
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", t("language"));
  fill(place, Object.keys(all).map((code) => h("button", {
    type: "button", class: "language", lang: code, title: names[code], "aria-label": names[code],
    "aria-pressed": String(code === language), onclick: () => choose(code),
  }, code.toUpperCase())));
}

function choose(code) {
  if (code === language) return;
  language = code;
  document.documentElement.lang = code;
  document.cookie = `engine_language=${code}; path=/; max-age=31536000; samesite=lax`;
  draw();
  changed();
}
