// Passkeys: the browser's own ceremony between two requests. Without this script, or where browsers have no passkeys, the
// button stays hidden and everything else works.
for (const form of document.querySelectorAll("form.passkey")) {
	const button = form.querySelector("button"), said = form.querySelector("[role=alert]");
	const making = form.dataset.ceremony === "create";
	const read = making ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
	if (!window.PublicKeyCredential?.[read]) continue;
	button.hidden = false;

	button.addEventListener("click", async () => {
		button.disabled = true;
		said.hidden = true;
		try {
			const answer = await fetch(form.dataset.begin, {method: "POST"});
			if (!answer.ok) throw new Error((await answer.json()).detail);
			const begun = await answer.json();
			const publicKey = PublicKeyCredential[read](begun.options);
			const credential = await navigator.credentials[form.dataset.ceremony]({publicKey});
			form.elements.ticket.value = begun.ticket;
			form.elements.answer.value = JSON.stringify(credential.toJSON());
			form.submit();
		} catch (wrong) {
			button.disabled = false;
			if (wrong.name === "AbortError") return;
			said.textContent = wrong instanceof DOMException || !wrong.message ? form.dataset.failed : wrong.message;
			said.hidden = false;
		}
	});
}
