import { act, begin, by, say, watch } from "./sandbox.js";

const t = begin({
  en: {
    badge: "Simulated provider", title: "Device activation", what: "Type the code that is shown on the other page.",
    code: "Code", authorize: "Authorize", deny: "Cancel", authorized: "Authorized. You may close this page.", denied: "Declined.",
    unknown: "There is no such code, or it has lapsed.", applications: "Authorized OAuth Apps", withdraw: "Revoke the access",
    on: "The application has access.", off: "No application has access.",
  },
  ru: {
    badge: "Имитация сервиса", title: "Подключение устройства", what: "Введите код, показанный на другой странице.",
    code: "Код", authorize: "Разрешить", deny: "Отклонить", authorized: "Разрешено. Страницу можно закрыть.", denied: "Отклонено.",
    unknown: "Такого кода нет, или он истёк.", applications: "Приложения с доступом", withdraw: "Отозвать доступ",
    on: "У приложения есть доступ.", off: "Ни у одного приложения нет доступа.",
  },
}, "title");

async function decide(path, done) {
  const answer = await act(`phone/${path}?code=${encodeURIComponent(by("code").value)}`, t);
  if (answer) say(answer.ok ? done : t.unknown, answer.ok);
}

by("authorize").addEventListener("click", () => decide("authorize", t.authorized));
by("deny").addEventListener("click", () => decide("deny", t.denied));
by("withdraw").addEventListener("click", () => act("phone/withdraw", t));

watch(state => {
  by("scenario").textContent = state.scenario;
  by("access").textContent = state.access ? t.on : t.off;
  by("withdraw").disabled = !state.access;
}, t);
