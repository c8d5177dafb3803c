const texts = {
  en: {
    badge: "Simulated amoCRM", title: "The person's accounts, with the integration's window", status: "The integration is:",
    copy: "Copy a code", install: "Install the widget", disable: "Switch the integration off", rename: "Rename the account",
    private: "private", in_moderation: "in moderation", published: "published", withdrawn: "withdrawn from publication",
    on: "integration is on", off: "integration is off", grants: "accesses given: {0}",
    no_administrator: "you are no administrator there", not_published: "only the technical account may have it before publication",
    refused: "That is not possible now.", lost: "The sandbox does not answer.",
  },
  ru: {
    badge: "Имитация amoCRM", title: "Аккаунты человека с окном интеграции", status: "Интеграция:",
    copy: "Скопировать код", install: "Установить виджет", disable: "Отключить интеграцию", rename: "Переименовать аккаунт",
    private: "приватная", in_moderation: "на модерации", published: "опубликована", withdrawn: "снята с публикации",
    on: "интеграция включена", off: "интеграция выключена", grants: "выдано доступов: {0}",
    no_administrator: "вы там не администратор", not_published: "до публикации доступна только техническому аккаунту",
    refused: "Сейчас это невозможно.", lost: "Песочница не отвечает.",
  },
};

const language = new URLSearchParams(location.search).get("lang") === "ru" ? "ru" : "en";
const t = texts[language];
const by = id => document.getElementById(id);
const codes = new Map();
let shown = "";

document.documentElement.lang = language;
document.title = t.badge;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];

function section({ id, name, host, is_installed, hindrance, grants }) {
  const part = by("account").content.cloneNode(true);
  part.querySelector("h2").textContent = name;
  part.querySelector("p").textContent = [`#${id}`, host, is_installed ? t.on : t.off, t.grants.replace("{0}", grants), t[hindrance]].filter(Boolean).join(" · ");
  for (const button of part.querySelectorAll("button")) {
    button.textContent = t[button.dataset.act];
    button.disabled = hindrance !== "" && (button.dataset.act === "copy" || button.dataset.act === "install");
    button.addEventListener("click", () => act(button.dataset.act, id));
  }
  const code = part.querySelector("code");
  code.textContent = codes.get(id) ?? "";
  code.hidden = !codes.has(id);
  return part;
}

async function look() {
  try {
    const answer = await fetch(`phone/state?lang=${language}`, { cache: "no-store" });
    if (!answer.ok) throw new Error();
    const state = await answer.json();
    if (by("said").textContent === t.lost) by("said").textContent = "";
    const now = JSON.stringify([state, [...codes]]);
    if (now === shown) return;
    shown = now;
    by("scenario").textContent = state.scenario;
    by("status").textContent = t[state.status];
    by("accounts").replaceChildren(...state.accounts.map(section));
  } catch {
    by("said").textContent = t.lost;
  }
}

async function act(name, account) {
  by("said").textContent = "";
  try {
    const answer = await fetch(`phone/${name}?account=${account}`, { method: "POST" });
    if (answer.status === 409) by("said").textContent = t.refused;
    else if (name === "copy") codes.set(account, (await answer.json()).code);
  } catch {
    by("said").textContent = t.lost;
  }
  await look();
}

async function watch() {
  await look();
  setTimeout(watch, 1000);
}

watch();
