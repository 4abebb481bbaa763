// Makes or asks for a passkey when form[data-passkey] is sent, and puts the answer into its field "credential".
// The options stand in the page (data-options: an id) or are fetched when needed (data-options-from: an address).

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no options: ${answer.status}`);
  return answer.json();
}

async function create(form) {
  const { creation_options: { publicKey } } = await optionsOf(form);
  const alone = form.elements.passwordless?.checked ?? false;
  Object.assign(publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  });
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
}

async function get(form) {
  const { request_options: { publicKey } } = await optionsOf(form);
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

function say(form, what) {
  const message = form.querySelector("[data-passkey-message]");
  message.textContent = what ? message.dataset[what] : "";
  message.hidden = !what;
}

const supported = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector('button[type="submit"]');
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!supported) return say(form, "unsupported");
    say(form);
    button.setAttribute("aria-busy", "true");
    try {
      const credential = await (form.dataset.passkey === "create" ? create : get)(form);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      say(form, "failed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
