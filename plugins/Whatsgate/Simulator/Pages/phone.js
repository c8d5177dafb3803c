import { act, begin, by, look, say, watch } from "./sandbox.js";

const t = begin({
  en: {
    badge: "Simulated phone", devices: "Linked devices", link: "Link this phone", fail: "Let it go wrong once", link_other: "Link another phone instead",
    sessions: "Sessions at the provider", unlink: "Unlink on this phone", none: "Nobody is linking a phone.",
    qr: "A QR code is on the other screen.", code: "The other screen shows a code to type here: {0}", linked: "Linked.",
    empty: "Nothing yet.", refused: "That does not fit now.",
  },
  ru: {
    badge: "Имитация телефона", devices: "Связанные устройства", link: "Подключить этот телефон", fail: "Пусть один раз не получится",
    link_other: "Подключить другой телефон", sessions: "Сеансы у сервиса", unlink: "Отключить на этом телефоне", none: "Телефон никто не подключает.",
    qr: "На другом экране показан QR-код.", code: "На другом экране код, его вводят здесь: {0}", linked: "Подключено.",
    empty: "Пока ничего.", refused: "Сейчас это не подходит.",
  },
});

function item(text, end = "") {
  const element = document.createElement("li");
  const last = document.createElement("span");
  last.textContent = end;
  element.append(text, last);
  return element;
}

let shown = "";

function show(state) {
  const now = JSON.stringify(state);
  if (now === shown) return;
  shown = now;
  by("scenario").textContent = state.scenario;
  by("stage").textContent = t[state.stage].replace("{0}", state.code ?? "…");
  const isWaiting = state.stage === "qr" || state.stage === "code";
  for (const id of ["link", "fail", "link-other"]) by(id).disabled = !isWaiting;
  by("unlink").disabled = state.stage === "none";
  by("sessions").replaceChildren(...(state.sessions.length
    ? state.sessions.map(({ name, status, number }) => item(name, [status, number].filter(Boolean).join(" · ")))
    : [item(t.empty)]));
}

for (const id of ["link", "fail", "link-other", "unlink"]) {
  by(id).addEventListener("click", async () => {
    say("");
    const answer = await act(`phone/${id}`, t);
    if (answer && !answer.ok) say(t.refused);
    await look(show, t);
  });
}

watch(show, t);
