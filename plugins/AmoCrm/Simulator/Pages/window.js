import { act, begin, by, look, say, watch } from "./sandbox.js";

const t = begin({
  en: {
    badge: "Simulated amoCRM", title: "The person's accounts, with the integration's window", status: "The integration is:",
    copy: "Copy a code", token: "Make a long-lived token", install: "Install the widget", disable: "Switch the integration off", rename: "Rename the account",
    private: "private", in_moderation: "in moderation", published: "published", withdrawn: "withdrawn from publication",
    on: "integration is on", off: "integration is off", grants: "accesses given: {0}",
    no_administrator: "you are no administrator there", not_published: "only the technical account may have it before publication",
    refused: "That is not possible now.",
  },
  ru: {
    badge: "Имитация amoCRM", title: "Аккаунты человека с окном интеграции", status: "Интеграция:",
    copy: "Скопировать код", token: "Создать долгосрочный токен", install: "Установить виджет", disable: "Отключить интеграцию", rename: "Переименовать аккаунт",
    private: "приватная", in_moderation: "на модерации", published: "опубликована", withdrawn: "снята с публикации",
    on: "интеграция включена", off: "интеграция выключена", grants: "выдано доступов: {0}",
    no_administrator: "вы там не администратор", not_published: "до публикации доступна только техническому аккаунту",
    refused: "Сейчас это невозможно.",
  },
});

const secrets = new Map();
let shown = "";

function section({ id, name, host, is_installed, hindrance, grants }) {
  const part = by("account").content.cloneNode(true);
  part.querySelector("h2").textContent = name;
  part.querySelector("p").textContent = [`#${id}`, host, is_installed ? t.on : t.off, t.grants.replace("{0}", grants), t[hindrance]].filter(Boolean).join(" · ");
  for (const button of part.querySelectorAll("button")) {
    button.textContent = t[button.dataset.act];
    button.disabled = hindrance !== "" && ["copy", "token", "install"].includes(button.dataset.act);
    button.addEventListener("click", () => press(button.dataset.act, id));
  }
  const code = part.querySelector("code");
  code.textContent = secrets.get(id) ?? "";
  code.hidden = !secrets.has(id);
  return part;
}

function show(state) {
  const now = JSON.stringify([state, [...secrets]]);
  if (now === shown) return;
  shown = now;
  by("scenario").textContent = state.scenario;
  by("status").textContent = t[state.status];
  by("accounts").replaceChildren(...state.accounts.map(section));
}

async function press(name, account) {
  say("");
  const answer = await act(`phone/${name}?account=${account}`, t);
  if (answer?.status === 409) say(t.refused);
  else if (answer && name === "copy") secrets.set(account, (await answer.json()).code);
  else if (answer && name === "token") secrets.set(account, (await answer.json()).token);
  await look(show, t);
}

watch(show, t);
