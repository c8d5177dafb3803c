import { act, begin, by, look, say, watch } from "./sandbox.js";

const t = begin({
  en: {
    badge: "Simulated phone", devices: "Devices", scan: "Scan the QR code", chat: "Messages",
    two_step: "Two-Step Verification", two_step_on: "On for this account", password: "The password is",
    connections: "Stored at the provider", end: "End the session on this phone",
    none: "Nobody is signing in yet.", qr: "A QR code is on the screen of the other device, good for {0} s.",
    code: "A code was sent to the chat below.", unknown: "Signing in…", authenticated: "Signed in.",
    passwordStage: "The other device asks for the two-step password.", ended: "The session has ended.",
    message: "Login code: {0}. Do not give this code to anyone.", noMessages: "No messages.", noConnections: "Nothing yet.",
    refused: "There is no QR code to scan right now.",
  },
  ru: {
    badge: "Имитация телефона", devices: "Устройства", scan: "Отсканировать QR-код", chat: "Сообщения",
    two_step: "Двухэтапная аутентификация", two_step_on: "Включена для этого аккаунта", password: "Пароль:",
    connections: "Сохранено у сервиса", end: "Завершить сеанс на этом телефоне",
    none: "Пока никто не входит.", qr: "На экране другого устройства QR-код, он действует ещё {0} с.",
    code: "Код отправлен в чат ниже.", unknown: "Выполняется вход…", authenticated: "Вход выполнен.",
    passwordStage: "Другое устройство спрашивает пароль.", ended: "Сеанс завершён.",
    message: "Код для входа: {0}. Никому его не сообщайте.", noMessages: "Сообщений нет.", noConnections: "Пока ничего.",
    refused: "Сейчас нет QR-кода, который можно отсканировать.",
  },
});

const fill = (text, value) => text.replace("{0}", value);

function item(text, className = "") {
  const element = document.createElement("li");
  element.className = className;
  element.append(text);
  return element;
}

function message({ code, is_newest }) {
  const element = item("", is_newest ? "" : "old");
  const [before, after] = t.message.split("{0}");
  const number = document.createElement("span");
  number.className = "code";
  number.textContent = code;
  element.append(before, number, after);
  return element;
}

function stored({ id, name }) {
  const element = item(name);
  const number = document.createElement("span");
  number.textContent = `#${id}`;
  element.append(number);
  return element;
}

let shown = "";

function show(state) {
  const seconds = state.qr_expires ? Math.max(0, Math.round((Date.parse(state.qr_expires) - Date.parse(state.now)) / 1000)) : 0;
  const stage = state.stage === "password" ? t.passwordStage : fill(t[state.stage], seconds);
  if (by("stage").textContent !== stage) by("stage").textContent = stage;
  by("scan").disabled = state.stage !== "qr";

  const rest = JSON.stringify([state.app, state.scenario, state.two_step, state.chat, state.connections]);
  if (rest === shown) return;
  shown = rest;
  by("app").textContent = { telegram: "Telegram", max: "MAX", whatsapp: "WhatsApp" }[state.app];
  by("scenario").textContent = state.scenario;
  by("two-step").checked = state.two_step;
  by("password-line").hidden = !state.two_step;
  by("password").textContent = state.password;
  by("chat").replaceChildren(...(state.chat.length ? state.chat.map(message) : [item(t.noMessages, "empty")]));
  by("connections").replaceChildren(...(state.connections.length ? state.connections.map(stored) : [item(t.noConnections, "empty")]));
}

async function press(path) {
  say("");
  const answer = await act(`phone/${path}`, t);
  if (answer?.status === 409) say(t.refused);
  await look(show, t);
}

by("scan").addEventListener("click", () => press("scan"));
by("end").addEventListener("click", () => press("end"));
by("two-step").addEventListener("change", event => press(`two-step?on=${event.target.checked}`));
watch(show, t);
