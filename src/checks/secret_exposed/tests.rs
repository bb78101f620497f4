//! What flows where, a few lines of code at a time.

use crate::checks::Level;

use super::judge;

/// The flows of a text: the level, the kind of place and the name.
fn flows(path: &str, text: &str) -> Vec<String> {
    let flows = judge::flows(&path.parse().unwrap(), text).unwrap();
    let level = |level| if level == Level::Block { "block" } else { "note" };
    flows
        .iter()
        .map(|f| {
            format!("{} {:?} {}", level(f.level), f.target, f.what.replace("the environment variable ", "$"))
        })
        .collect()
}

fn caught(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(flows(path, text), expected, "{text}");
}

fn silent(path: &str, text: &str) {
    assert_eq!(flows(path, text), [""; 0], "{text}");
}

#[test]
fn javascript_logs() {
    let js = |text: &str, expected: &[&str]| caught("src/a.ts", text, expected);
    js("console.log(process.env.OPENAI_API_KEY);", &["block Log $`OPENAI_API_KEY`"]);
    js("const { DB_PASSWORD: pw } = process.env;\nlogger.info(`db ${pw}`);", &["block Log $`DB_PASSWORD`"]);
    js("console.log(process.env);", &["block Log the whole environment"]);
    js("console.log(JSON.stringify({ ...process.env }));", &["block Log the whole environment"]);
    js("const c = { apiKey: process.env.API_KEY, m: 1 };\nconsole.log('c', c);", &["block Log $`API_KEY`"]);
    js("function f(apiKey: string) { log.warn('bad ' + apiKey); }", &["block Log `apiKey`"]);
    js("let m = 'x';\nm += process.env['JWT_SECRET'];\nconsole.error(m);", &["block Log $`JWT_SECRET`"]);
    js(
        "const t = fs.readFileSync(path.join(root, '.env'), 'utf8');\nconsole.log(t);",
        &["block Log the content of `.env`"],
    );
    js(
        "class A { constructor() { this.k = process.env.API_KEY; }\n f() { console.log(this.k); } }",
        &["block Log $`API_KEY`"],
    );
    js("function show(v) { console.log('v', v); }\nshow(process.env.API_KEY);", &["block Log $`API_KEY`"]);
    js("const get = () => process.env.API_KEY;\nconsole.log(get());", &["block Log $`API_KEY`"]);
    js(
        "function go(o) { console.log(o.token2.k); }\ngo({ token2: { k: Deno.env.get('GH_TOKEN') } });",
        &["block Log $`GH_TOKEN`"],
    );
    js(
        "throw new Error(`bad key ${process.env.STRIPE_SECRET_KEY}`);",
        &["block Exception $`STRIPE_SECRET_KEY`"],
    );
    js("posthog.capture('x', { accessToken });", &["block Analytics `accessToken`"]);
    js(
        "for (const [k, v] of Object.entries(process.env)) { console.log(k, v); }",
        &["note Log a variable of the environment"],
    );
}

#[test]
fn javascript_near_misses() {
    for text in [
        "console.log(process.env.NODE_ENV);",
        "console.log(!!process.env.API_KEY, typeof process.env.API_KEY, process.env.API_KEY ? 'set' : 'missing');",
        "console.log(process.env.API_KEY?.slice(0, 4) + '***', process.env.API_KEY.length);",
        "console.log(mask(process.env.API_KEY));",
        "const apiKey = mask(process.env.API_KEY);\nconsole.log(apiKey);",
        "const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\nconsole.log(client);",
        "const c = { apiKey: process.env.API_KEY, model: 'x' };\nconsole.log(c.model);",
        "if (!process.env.API_KEY) throw new Error('OPENAI_API_KEY is not set');",
        "console.log(Object.keys(process.env));",
        "const password = crypto.randomBytes(12).toString('hex');\nconsole.log(`Password: ${password}`);",
        "console.log(errors.password, usage.promptTokens, csrfToken, FieldType.Password);",
        "const API_KEY = 'api_key';\nconsole.log(API_KEY);",
        "console.log(`::add-mask::${process.env.API_KEY}`);",
        "fetch(url, { headers: { Authorization: `Bearer ${process.env.API_KEY}` } });",
        "spawn('x', { env: { ...process.env } });\nconsole.log('spawned');",
        "function f(password: boolean) { console.log(password); }",
        "console.log(process.env.A_KEY === 'x', process.env.API_KEY !== undefined);",
        "const fn = (token) => console.log(token);",
        "const apiKey = process.env.API_KEY;\nconsole.log(apiKey.length > 8 ? apiKey.slice(0, 4) + '...' : apiKey);",
        "for (const claim of policy.accessToken) { console.log(claim); }",
        "console.log(PrivateKey, secretKey2Count);",
        "dialog.info(apiKey);",
    ] {
        silent("src/a.ts", text);
    }
}

#[test]
fn javascript_models() {
    let js = |text: &str, expected: &[&str]| caught("src/a.ts", text, expected);
    js(
        "await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: `use ${process.env.API_KEY}` }] });",
        &["block Model $`API_KEY`"],
    );
    js(
        "const messages = [];\nmessages.push({ role: 'system', content: 'k ' + process.env.API_KEY });\nawait anthropic.messages.create({ messages });",
        &["block Model $`API_KEY`"],
    );
    js(
        "await generateText({ model: openai('m'), prompt: `Env: ${JSON.stringify(process.env)}` });",
        &["block Model the whole environment"],
    );
    js(
        "const prompt = build(config);\nfunction build(c) { return `key ${c.apiKey}`; }\nconst config = { apiKey: process.env.API_KEY };\nmodel.generateContent(prompt);",
        &["block Model $`API_KEY`"],
    );
    js(
        "fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` }, body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: process.env.DB_PASSWORD }] }) });",
        &["block Model $`DB_PASSWORD`"],
    );
    silent(
        "src/a.ts",
        "fetch('https://api.openai.com/v1/x', { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` }, body: JSON.stringify({ messages: [{ role: 'user', content: text }] }) });",
    );
    silent(
        "src/a.ts",
        "await client.chat.completions.create({ messages: [{ role: 'user', content: text }] }, { headers: { 'x-api-key': process.env.API_KEY } });",
    );
    silent(
        "src/a.ts",
        "await streamText({ model: createOpenAI({ apiKey: process.env.OPENAI_API_KEY })('m'), prompt });",
    );
}

#[test]
fn addresses_and_bundles() {
    let js = |text: &str, expected: &[&str]| caught("src/a.ts", text, expected);
    js(
        "fetch(`https://api.acme.example/v1?api_key=${process.env.ACME_API_KEY}`);",
        &["block Query $`ACME_API_KEY`"],
    );
    js(
        "fetch(`https://generativelanguage.googleapis.com/v1/m?key=${process.env.GEMINI_API_KEY}`);",
        &["note Query $`GEMINI_API_KEY`"],
    );
    js("fetch(`${base}/v1?api_key=${process.env.ACME_API_KEY}`);", &["note Query $`ACME_API_KEY`"]);
    silent("src/a.ts", "fetch(`https://api.acme.example/v1?page=${nextPageToken}`);");
    js("const k = process.env.NEXT_PUBLIC_OPENAI_API_KEY;", &["block Bundle `NEXT_PUBLIC_OPENAI_API_KEY`"]);
    js("const k = import.meta.env.VITE_API_KEY;", &["note Bundle `VITE_API_KEY`"]);
    silent(
        "src/a.ts",
        "createClient(process.env.NEXT_PUBLIC_SUPABASE_URL, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY);",
    );
    caught(
        "next.config.js",
        "module.exports = { env: { OPENAI_API_KEY: process.env.OPENAI_API_KEY, A: process.env.A } };",
        &["block Bundle `OPENAI_API_KEY`"],
    );
    caught(".env.production", "VITE_DB_PASSWORD=x\nDB_PASSWORD=y\n", &["block Bundle `VITE_DB_PASSWORD`"]);
}

#[test]
fn python_flows() {
    let py = |text: &str, expected: &[&str]| caught("src/a.py", text, expected);
    py("print(os.environ)\n", &["block Output the whole environment"]);
    py("key = os.getenv('OPENAI_API_KEY')\nlogger.info(f'using {key}')\n", &["block Log $`OPENAI_API_KEY`"]);
    py(
        "logging.getLogger(__name__).debug('pw %s', os.environ['DB_PASSWORD'])\n",
        &["block Log $`DB_PASSWORD`"],
    );
    py("def f(api_key):\n    raise ValueError('bad ' + api_key)\n", &["block Exception `api_key`"]);
    py(
        "with open('.env') as f:\n    text = f.read()\nclient.messages.create(model='m', messages=[{'role': 'user', 'content': text}])\n",
        &["block Model the content of `.env`"],
    );
    py(
        "creds = json.load(open('credentials.json'))\nlogger.info('%s', creds['private_key'])\n",
        &["block Log `private_key` of `credentials.json`"],
    );
    py(
        "prompt = 'Key: {}'.format(os.environ.get('API_KEY'))\nllm.invoke(prompt)\n",
        &["block Model $`API_KEY`"],
    );
    py(
        "def ask(p):\n    return client.responses.create(model='m', input=p)\n\nask('k=' + os.environ['API_KEY'])\n",
        &["block Model $`API_KEY`"],
    );
    py("print(f'{password}')\n", &["note Output `password`"]);
    py(
        "parts = []\nparts.append(os.environ['API_KEY'])\nlogger.info(' '.join(parts))\n",
        &["block Log $`API_KEY`"],
    );
}

#[test]
fn python_near_misses() {
    for text in [
        "client = OpenAI(api_key=os.environ['OPENAI_API_KEY'])\nprint(client)\n",
        "print(len(os.environ['API_KEY']), bool(os.getenv('API_KEY')), os.environ['API_KEY'][:4])\n",
        "print('set' if os.getenv('API_KEY') else 'missing')\n",
        "print('API_KEY' in os.environ, os.getenv('API_KEY') is None, not os.getenv('API_KEY'))\n",
        "print(f'KEY={key}', os.environ['API_KEY'], file=handle)\n",
        "password = getpass.getpass()\nconnect(password=password)\nprint('connected')\n",
        "api_key = secrets.token_urlsafe(32)\nprint(api_key)\n",
        "def f(api_key: SecretStr):\n    logger.info(api_key)\n",
        "logger.info('tokens: %s', usage.total_tokens)\nlogger.info(max_tokens)\nprint(tokenizer, token)\n",
        "with open('.env', 'w') as f:\n    f.write('API_KEY=' + key)\nprint(f)\n",
        "raise ValueError('set OPENAI_API_KEY')\n",
        "password = models.CharField(max_length=9)\nlogger.info(password)\n",
        "requests.get(url, headers={'Authorization': f\"Bearer {os.environ['API_KEY']}\"})\n",
        "for k in os.environ:\n    pass\n",
        "log(api_key)\n",
        "key = os.environ['API_KEY']\nshown = key[:5] + '...' if len(key) >= 5 else key\nprint(shown)\n",
    ] {
        silent("src/a.py", text);
    }
}

#[test]
fn other_languages() {
    caught(
        "a.go",
        "package a\nfunc f() {\n\tkey := os.Getenv(\"API_KEY\")\n\tlog.Printf(\"key %s\", key)\n}\n",
        &["block Log $`API_KEY`"],
    );
    caught(
        "a.go",
        "package a\nfunc f(apiKey string) error {\n\treturn fmt.Errorf(\"bad key %s\", apiKey)\n}\n",
        &["block Exception `apiKey`"],
    );
    caught(
        "a.go",
        "package a\nfunc f() {\n\tkey, ok := os.LookupEnv(\"API_KEY\")\n\tslog.Info(\"k\", \"key\", key, \"ok\", ok)\n}\n",
        &["block Log $`API_KEY`"],
    );
    silent(
        "a.go",
        "package a\nfunc f() {\n\tkey := os.Getenv(\"API_KEY\")\n\tlog.Println(len(key), key != \"\", key[:4])\n}\n",
    );
    caught(
        "src/a.rs",
        "fn f() { let key = std::env::var(\"API_KEY\").unwrap(); println!(\"{}\", key); }",
        &["block Output $`API_KEY`"],
    );
    caught(
        "src/a.rs",
        "fn f() { let key = std::env::var(\"API_KEY\").unwrap(); tracing::info!(%key, \"start {key}\"); }",
        &["block Log $`API_KEY`"],
    );
    silent(
        "src/a.rs",
        "fn f() { let key = std::env::var(\"API_KEY\").unwrap(); println!(\"{} {}\", key.len(), mask(&key)); }",
    );
    caught(
        "a.rb",
        "key = ENV.fetch('API_KEY')\nputs \"k #{key}\"\nRails.logger.info(\"k #{ENV['DB_PASSWORD']}\")\n",
        &["block Output $`API_KEY`", "block Log $`DB_PASSWORD`"],
    );
    silent("a.rb", "puts ENV['API_KEY'].nil?\nputs ENV['RAILS_ENV']\nraise 'no key' unless ENV['API_KEY']\n");
}
