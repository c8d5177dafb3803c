const texts = {
  en: {
    badge: "Simulated phone", devices: "Linked devices", link: "Link this phone", fail: "Let it go wrong once", link_other: "Link another phone instead",
    sessions: "Sessions at the provider", unlink: "Unlink on this phone", none: "Nobody is linking a phone.",
    qr: "A QR code is on the other screen.", code: "The other screen shows a code to type here: {0}", linked: "Linked.",
    empty: "Nothing yet.", refused: "That does not fit now.", lost: "The sandbox does not answer.",
  },
  ru: {
    badge: "Имитация телефона", devices: "Связанные устройства", link: "Подключить этот телефон", fail: "Пусть один раз не получится",
    link_other: "Подключить другой телефон", sessions: "Сеансы у сервиса", unlink: "Отключить на этом телефоне", none: "Телефон никто не подключает.",
    qr: "На другом экране показан QR-код.", code: "На другом экране код, его вводят здесь: {0}", linked: "Подключено.",
    empty: "Пока ничего.", refused: "Сейчас это не подходит.", lost: "Песочница не отвечает.",
  },
};

const language = new URLSearchParams(location.search).get("lang") === "ru" ? "ru" : "en";
const t = texts[language];
const by = id => document.getElementById(id);

document.documentElement.lang = language;
document.title = t.badge;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];

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

async function look() {
  try {
    const answer = await fetch(`phone/state?lang=${language}`, { cache: "no-store" });
    if (!answer.ok) throw new Error();
    show(await answer.json());
    if (by("said").textContent === t.lost) by("said").textContent = "";
  } catch {
    by("said").textContent = t.lost;
  }
}

for (const id of ["link", "fail", "link-other", "unlink"]) {
  by(id).addEventListener("click", async () => {
    by("said").textContent = "";
    const answer = await fetch(`phone/${id}`, { method: "POST" }).catch(() => null);
    by("said").textContent = !answer ? t.lost : answer.ok ? "" : t.refused;
    await look();
  });
}

async function watch() {
  await look();
  setTimeout(watch, 1000);
}

watch();
