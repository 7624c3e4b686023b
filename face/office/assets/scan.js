// Packs by scanning: each code counts one thing into the parcel, a wrong one is said aloud and in red. Codes come from a
// scanner that types, from a telephone's camera where the browser reads codes, or by hand. Without it the quantities are
// fields of the form.
"use strict";
const form = document.querySelector("#scan");
if (form) {
	const box = form.querySelector(".scanner");
	const field = form.querySelector("#code");
	const said = form.querySelector(".scan-said");
	const camera = form.querySelector("[data-camera]");
	const video = form.querySelector("video");
	const button = form.querySelector("button.main");
	const lines = [...form.querySelectorAll("[data-codes]")].map((row) => ({
		row, codes: row.dataset.codes.split(" ").map((c) => c.toUpperCase()), need: Number(row.dataset.need), input: row.querySelector("input"),
	}));
	const counted = (line) => Number(line.input.value.replace(",", ".")) || 0;

	let sound = null;
	const beep = (good) => {
		try {
			sound ??= new AudioContext();
			const tone = sound.createOscillator(), volume = sound.createGain();
			tone.frequency.value = good ? 1200 : 220;
			tone.type = good ? "sine" : "square";
			volume.gain.value = 0.12;
			tone.connect(volume).connect(sound.destination);
			tone.start();
			tone.stop(sound.currentTime + (good ? 0.09 : 0.4));
		} catch (silent) { /* A browser without sound still shows it. */ }
		if (!good) navigator.vibrate?.(200);
	};
	const show = () => {
		for (const line of lines) {
			line.row.classList.toggle("full", counted(line) >= line.need);
			line.row.classList.toggle("over", counted(line) > line.need);
		}
		const all = lines.every((line) => counted(line) >= line.need);
		form.classList.toggle("ready", all);
		return all;
	};
	const tell = (mood, words) => {
		box.dataset.mood = mood;
		said.textContent = words;
	};
	const take = (code) => {
		code = code.trim().toUpperCase();
		if (!code) return;
		const fits = lines.filter((line) => line.codes.includes(code));
		const line = fits.find((l) => counted(l) < l.need) || fits[0];
		if (!line) {
			tell("bad", form.dataset.wrong + " " + code);
			return beep(false);
		}
		if (counted(line) >= line.need) {
			tell("bad", form.dataset.enough + " " + code);
			return beep(false);
		}
		line.input.value = String(Math.min(counted(line) + 1, line.need));
		line.row.classList.remove("hit");
		void line.row.offsetWidth; // So that the same row lights up anew.
		line.row.classList.add("hit");
		beep(true);
		const all = show();
		tell("good", all ? form.dataset.all : form.dataset.right + " " + code);
		if (all) button.focus();
	};

	// From here on the parcel is empty and filled by scanning.
	box.hidden = false;
	lines.forEach((line) => { line.input.value = "0"; line.input.addEventListener("input", show); });
	show();
	// Enter after a code, typed or from a scanner, counts it; only from the button the parcel is packed.
	form.addEventListener("submit", (event) => {
		if (document.activeElement !== field) return;
		event.preventDefault();
		take(field.value);
		field.value = "";
	});
	field.focus();

	if ("BarcodeDetector" in window && navigator.mediaDevices) {
		camera.hidden = false;
		let stream = null;
		const stop = () => {
			stream?.getTracks().forEach((track) => track.stop());
			stream = null;
			video.hidden = true;
		};
		camera.addEventListener("click", async () => {
			if (stream) return stop();
			try {
				const detector = new BarcodeDetector();
				stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
				video.srcObject = stream;
				video.hidden = false;
				await video.play();
				let last = "", seen = 0;
				const look = async () => {
					if (!stream) return;
					for (const found of await detector.detect(video).catch(() => [])) {
						if (found.rawValue === last && Date.now() - seen < 1500) { // One look at one thing counts once.
							seen = Date.now();
							continue;
						}
						last = found.rawValue;
						seen = Date.now();
						take(last);
					}
					setTimeout(look, 120);
				};
				look();
			} catch (refused) {
				stop();
				tell("bad", form.dataset.refused);
			}
		});
		addEventListener("pagehide", stop);
	}
}
