// Passkeys: signing in with one, and making one. The only thing on the pages that cannot be done without a script.
const api = async (path, body) => {
  const answer = await fetch("/api/v1" + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
};

const say = (place, error) => {
  place.textContent = error.name === "NotAllowedError" ? "Nothing was done." : error.message;
  place.hidden = false;
};

const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

const enter = document.querySelector("[data-passkey]");
if (able && enter) {
  enter.parentElement.hidden = false;
  const trouble = document.querySelector("[data-passkey-error]");
  enter.addEventListener("click", async () => {
    try {
      const { ceremony, options } = await api("/sessions/passkey/options");
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const credential = await navigator.credentials.get({ publicKey });
      await api("/sessions/passkey", { ceremony, credential: credential.toJSON() });
      const wanted = new URL(enter.dataset.passkey, location.origin);
      location.assign(wanted.origin === location.origin ? wanted : "/");
    } catch (error) {
      say(trouble, error);
    }
  });
}

const make = document.querySelector("[data-make-passkey]");
if (able && make) {
  make.hidden = false;
  make.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { ceremony, options } = await api("/passkeys/options");
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      const credential = await navigator.credentials.create({ publicKey });
      await api("/passkeys", { name: make.elements.name.value, ceremony, credential: credential.toJSON() });
      location.reload();
    } catch (error) {
      say(make.querySelector(".error"), error);
    }
  });
}
