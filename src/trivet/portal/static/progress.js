// Keeps the page of a transfer up to date. When the site or Globus wants something of the person first, it answers 401 or
// 403 with a sentence and a `login_url`, which leads there and back to this page. That is offered, and never followed unasked.
const EVERY_MILLISECONDS = 3000;
const task = document.querySelector(".task[data-going]");
const part = (name) => task.querySelector(`[data-part=${name}]`);

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "application/json" } }).catch(() => null);
  const found = (await answer?.json().catch(() => null)) ?? {};
  const maySoonBeBetter = !answer || answer.status >= 500;
  if (answer?.ok) show(found);
  else if (found.login_url) ask(found.authorization_parameters.session_message, new URL(found.login_url, location.href));
  if (maySoonBeBetter || (answer.ok && !found.is_over)) setTimeout(refresh, EVERY_MILLISECONDS);
}

function show({ state, sentence, done, total, is_over }) {
  part("state").textContent = state;
  part("sentence").textContent = sentence;
  part("bar").max = Math.max(total, 1);
  part("bar").value = done;
  part("refresh").hidden = is_over;
}

function ask(sentence, url) {
  if (url.origin !== location.origin) return;
  part("wanted").textContent = sentence;
  part("way").href = url;
  part("ask").hidden = false;
}

if (task) setTimeout(refresh, EVERY_MILLISECONDS);
