const texts = {
  en: {
    badge: "Simulated provider", title: "Device activation", what: "Type the code that is shown on the other page.",
    code: "Code", authorize: "Authorize", deny: "Cancel", authorized: "Authorized. You may close this page.", denied: "Declined.",
    unknown: "There is no such code, or it has lapsed.", lost: "The sandbox does not answer.",
  },
  ru: {
    badge: "Имитация сервиса", title: "Подключение устройства", what: "Введите код, показанный на другой странице.",
    code: "Код", authorize: "Разрешить", deny: "Отклонить", authorized: "Разрешено. Страницу можно закрыть.", denied: "Отклонено.",
    unknown: "Такого кода нет, или он истёк.", lost: "Песочница не отвечает.",
  },
};

const language = new URLSearchParams(location.search).get("lang") === "ru" ? "ru" : "en";
const t = texts[language];
const by = id => document.getElementById(id);

document.documentElement.lang = language;
document.title = t.title;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];

function say(text, isBad = false) {
  by("said").textContent = text;
  by("said").className = isBad ? "said bad" : "said";
}

async function act(path, done) {
  try {
    const answer = await fetch(`phone/${path}?code=${encodeURIComponent(by("code").value)}`, { method: "POST" });
    say(answer.ok ? done : t.unknown, !answer.ok);
  } catch {
    say(t.lost, true);
  }
}

by("authorize").addEventListener("click", () => act("authorize", t.authorized));
by("deny").addEventListener("click", () => act("deny", t.denied));

try {
  by("scenario").textContent = (await (await fetch(`phone/state?lang=${language}`)).json()).scenario;
} catch {
  say(t.lost, true);
}
