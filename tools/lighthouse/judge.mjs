// Has Lighthouse judge the pages of a demonstration, by its preset of a telephone, and prints a table.
//
//   node judge.mjs FOLDER ADDRESS CHROMIUM [RUNS] [ONLY]
//
// FOLDER is where the reports go. Each page is loaded RUNS times (three, unless said), and of what takes time the best run
// counts: a machine that does other work only ever makes a page slower. Of everything else the worst counts. ONLY are the
// first letters of the pages that are wanted. The last column is how quick Lighthouse finds the machine: below 1,500 the
// times are those of a machine that is busy, or of one that is slower than those for which the preset was made. It ends with
// 1 when a page is below what the house promises.
import { mkdir, writeFile } from "node:fs/promises";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const [folder, home, chromium, runs = "3", only = ""] = process.argv.slice(2);
const patience = 120_000; // Milliseconds: a machine that is busy is not a page that hangs.
const kinds = ["performance", "accessibility", "best-practices", "seo"];
// What each side promises: its marks, and bounds of time (ms), of movement, and of weight (KiB on the line, without pictures).
// The office is kept out of search engines, so nobody judges it for them.
const promised = {
	shop: { marks: [98, 100, 100, 100], LCP: 1200, TBT: 50, CLS: 0, text: 60, script: 20 },
	office: { marks: [90, 100, 100] },
};
const measures = { FCP: "first-contentful-paint", LCP: "largest-contentful-paint", TBT: "total-blocking-time" };

const browser = await puppeteer.launch({
	executablePath: chromium,
	protocolTimeout: 2 * patience,
	args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
page.setDefaultTimeout(patience);
const open = (path) => page.goto(home + path, { waitUntil: "load" });
const first = (selector) => page.$eval(selector, (a) => a.pathname);
const send = (selector) => Promise.all([page.waitForNavigation(), page.$eval(selector, (b) => b.form.submit())]);

// shopPages puts something into the basket, so that there is something to check out.
async function shopPages() {
	await open("/kk/catalogue");
	const category = await first(".branch h2 a");
	await open("/kk/");
	const products = await page.$$eval("main .card h3 a", (all) => [...new Set(all.map((a) => a.pathname))].slice(0, 12));
	let product = "";
	for (const path of products) {
		await open(path);
		if (await page.$("main form.buy:not([enctype]) button.main")) {
			product = path;
			break;
		}
	}
	if (!product) throw new Error("nothing can be bought in this demonstration");
	await send("main form.buy button.main");
	const search = "/kk/search?q=" + encodeURIComponent("кесе");
	await open(search);
	if (!(await page.$("main .cards .card"))) throw new Error("the search finds nothing in this demonstration");
	return { home: "/kk/", category, product, search, basket: "/kk/basket", checkout: "/kk/checkout" };
}

// officePages signs in as who keeps the demonstration.
async function officePages() {
	await open("/kk/sign-in?next=/office");
	await page.type("main form[action$='/sign-in'] [name=email]", "admin@sauda.localhost");
	await page.type("main form[action$='/sign-in'] [name=password]", "sauda-demo");
	await Promise.all([page.waitForNavigation(), page.click("main form[action$='/sign-in'] button.main")]);
	await open("/kk/office/products");
	const editor = await first("main table a[href*='/office/products/prd_']");
	return { "office home": "/kk/office", "office orders": "/kk/office/orders", "office products": "/kk/office/products", "office editor": editor };
}

// forget makes the next visit a first one, of somebody who is signed in and has a basket.
async function forget() {
	const cdp = await page.createCDPSession();
	await cdp.send("Network.clearBrowserCache");
	await cdp.send("Storage.clearDataForOrigin", { origin: new URL(home).origin, storageTypes: "service_workers,cache_storage,local_storage" });
	await cdp.detach();
}

// weights gives what came over the line: all but pictures, and scripts, in KiB.
function weights(lhr) {
	let text = 0, script = 0;
	for (const { resourceType, transferSize } of lhr.audits["network-requests"].details.items) {
		if (resourceType !== "Image") text += transferSize;
		if (resourceType === "Script") script += transferSize;
	}
	return { text: text / 1024, script: script / 1024 };
}

// judged gives the marks of a page, its times and weights, and what cost it a mark.
async function judged(name, path, { marks: wanted }) {
	const got = { machine: 0, marks: wanted.map((_, i) => (i ? 100 : 0)), FCP: Infinity, LCP: Infinity, TBT: Infinity, CLS: 0, text: 0, script: 0 };
	const lacks = new Set();
	for (let run = 0; run < Number(runs); run++) {
		await forget();
		const onlyCategories = kinds.slice(0, wanted.length);
		const { lhr, report } = await lighthouse(home + path, { disableStorageReset: true, onlyCategories, output: "html", logLevel: "error", maxWaitForLoad: patience }, undefined, page);
		if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
		got.machine = Math.max(got.machine, lhr.environment.benchmarkIndex);
		const now = onlyCategories.map((k) => Math.round(100 * (lhr.categories[k].score ?? 0)));
		if (now[0] >= got.marks[0]) await writeFile(`${folder}/${name.replace(" ", "-")}.html`, report);
		got.marks = now.map((m, i) => (i ? Math.min(m, got.marks[i]) : Math.max(m, got.marks[i])));
		for (const [measure, audit] of Object.entries(measures)) got[measure] = Math.min(got[measure], lhr.audits[audit].numericValue);
		got.CLS = Math.max(got.CLS, Number(lhr.audits["cumulative-layout-shift"].numericValue.toFixed(3)));
		for (const [what, weight] of Object.entries(weights(lhr))) got[what] = Math.max(got[what], weight);
		for (const kind of onlyCategories.slice(1)) {
			for (const ref of lhr.categories[kind].auditRefs) {
				const audit = lhr.audits[ref.id];
				if (ref.weight > 0 && audit.score !== null && audit.score < 1) lacks.add(`${kind}: ${audit.title}`);
			}
		}
	}
	return { got, lacks };
}

// below names what of a page is below the promise.
function below(got, want) {
	const short = want.marks.flatMap((least, i) => (got.marks[i] < least ? [`${kinds[i]} ${got.marks[i]} instead of ${least}`] : []));
	for (const [what, most] of Object.entries(want)) {
		if (what !== "marks" && got[what] > most) short.push(`${what} ${got[what].toFixed(what === "CLS" ? 3 : 0)} instead of ${most}`);
	}
	return short;
}

await mkdir(folder, { recursive: true });
const row = (cells) => console.log(cells.map((c, i) => (i ? String(c).padStart(8) : String(c).padEnd(16))).join(" "));
row(["page", "perf", "access", "practice", "seo", "FCP ms", "LCP ms", "TBT ms", "CLS", "text KiB", "script", "machine"]);
let short = false;
for (const [side, pagesOf] of [["shop", shopPages], ["office", officePages]]) {
	for (const [name, path] of Object.entries(await pagesOf())) {
		if (!name.startsWith(only)) continue;
		const { got, lacks } = await judged(name, path, promised[side]);
		row([name, ...kinds.map((_, i) => got.marks[i] ?? "–"), Math.round(got.FCP), Math.round(got.LCP), Math.round(got.TBT), got.CLS, got.text.toFixed(1), got.script.toFixed(1), Math.round(got.machine)]);
		for (const lack of lacks) console.log("    " + lack);
		const missed = below(got, promised[side]);
		if (missed.length) console.log("    below the promise: " + missed.join(", "));
		short ||= missed.length > 0;
	}
}
await browser.close();
process.exitCode = short ? 1 : 0;
