import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateText } from '../../../../src/core/money/estimateText.ts';
import { createRandom } from '../../../support/random.ts';
import { sampleErrors } from '../../../support/texts/errors.ts';
import { SAMPLE_TEXTS } from '../../../support/texts/samples.ts';
import { countByVocabulary } from '../../../support/texts/vocabulary.ts';

/**
 * The yardstick is the last public vocabulary, which is older than the models of today, times a factor for all texts alike
 * (`vocabulary.ts`). What today's tokenizer makes of each language is not public and may differ more than this.
 */
const ERRORS = sampleErrors();

test('there are ten programming and ten human languages, 2 to 4 KB each', () => {
  assert.equal(SAMPLE_TEXTS.length, 20);
  for (const { language, text } of SAMPLE_TEXTS) {
    const bytes = Buffer.byteLength(text);
    assert.ok(bytes >= 1900 && bytes <= 4096, `${language}: ${bytes}`);
  }
});

test('before anything was counted every language is within 10 % of the older public tokenizer, scaled', () => {
  for (const { language, before } of ERRORS) assert.ok(Math.abs(before) <= 0.1, `${language}: ${before}`);
});

test('estimates are not all too high or all too low', () => {
  const mean = ERRORS.reduce((sum, { before }) => sum + before, 0) / ERRORS.length;
  assert.ok(Math.abs(mean) < 0.02, `${mean}`);
});

test('a turn of 40 % after a counted prompt is within 2 % in every language', () => {
  for (const { language, after } of ERRORS) assert.ok(Math.abs(after) <= 0.02, `${language}: ${after}`);
});

test('a draft that was counted 200 characters ago is within 2 %', () => {
  for (const { language, typing } of ERRORS) assert.ok(Math.abs(typing) <= 0.02, `${language}: ${typing}`);
});

test('a longer text never has fewer tokens than its beginning, and only no text has none', () => {
  const random = createRandom(7);
  assert.equal(estimateText(''), 0);
  for (let run = 0; run < 300; run++) {
    const beginning = random.text(60);
    const whole = beginning + random.text(60);
    assert.ok(estimateText(whole) >= estimateText(beginning), JSON.stringify(whole));
    if (whole !== '') assert.ok(estimateText(whole) >= 1);
  }
});

test('an estimate never falls while a text is typed', () => {
  for (const { language, text } of SAMPLE_TEXTS) {
    let before = 0;
    for (let length = 1; length <= 700; length++) {
      const tokens = estimateText(text.slice(0, length));
      assert.ok(tokens >= before, `${language}: ${JSON.stringify(text.slice(length - 5, length))}`);
      before = tokens;
    }
  }
});

test('two halves have about as many tokens as the whole', () => {
  for (const { language, text } of SAMPLE_TEXTS) {
    const whole = estimateText(text);
    for (let at = 1; at < text.length; at += 37) {
      const halves = estimateText(text.slice(0, at)) + estimateText(text.slice(at));
      assert.ok(Math.abs(halves - whole) <= whole * 0.03 + 3, `${language}: ${halves} for ${whole}`);
    }
  }
});

test('blanks, lines, numbers and marks are cut as tokenizers cut them', () => {
  const cases = [
    'a b c d e f g h',
    'a\nb\nc\nd\ne',
    'a\n\n\nb\n\n\nc',
    'a\n        b\n        c\n        d',
    'a   \nb   \nc   \nd',
    "it's and that's, but don't and can't",
    'one\u00a0two\u00a0three\u00a0four\u00a0five\u00a0six',
    'one\u202ftwo\u202fthree\u202ffour\u202ffive\u202fsix',
    '一\u3000二\u3000三\u3000四\u3000五\u3000六',
    '1 22 333 4 55 666 7',
    'a(b, c[d]) { e; } => f && g || !h',
    '----------------------------------------',
    'name_of_a_thing and nameOfAThing and NAME_OF_A_THING',
  ];
  for (const text of cases) {
    const [estimate, tokens] = [estimateText(text), countByVocabulary(text)];
    assert.ok(Math.abs(estimate - tokens) <= Math.max(2, tokens * 0.1), `${text}: ${estimate} for ${tokens}`);
  }
});

test('the language of programs is cheaper than that of stories, in Chinese and Russian as well', () => {
  const cases = [
    [
      '请在设置中选择要使用的文件，然后单击确定。如果文件不存在，系统会自动创建一个新的文件，并将其保存到当前用户的目录中。',
      0.25,
    ],
    ['使用 Git 提交代码以前，请先运行 npm test 命令，并且检查 README 文件的内容。', 0.1],
    [
      'Не удалось открыть файл для записи. Проверьте параметры и повторите попытку. Введите имя пользователя и пароль.',
      0.15,
    ],
  ] as const;
  for (const [text, most] of cases) {
    const error = estimateText(text) / countByVocabulary(text) - 1;
    assert.ok(Math.abs(error) <= most, `${text}: ${error}`);
  }
});

test('what no sample is made of is in the right order of magnitude', () => {
  const cases = {
    emoji: ['🙂👍🏽🚀'.repeat(20), 0.35],
    boxes: ['┌──┬──┐\n│  │  │\n└──┴──┘\n'.repeat(10), 0.6],
    json: [JSON.stringify(Array.from({ length: 90 }, (_, id) => ({ id, name: `n${id}`, ok: true }))), 0.2],
    digits: [
      '2357111317192329313741434753596167717379838997101103107109113127131137139149151157163167173',
      0.4,
    ],
    greek: ['Κάθε προγραμματιστής ελέγχει τις αλλαγές πριν τις στείλει. '.repeat(5), 0.15],
    hebrew: ['כל מפתח בודק את השינויים לפני שהוא שולח אותם. '.repeat(5), 0.15],
    thai: ['นักพัฒนาทุกคนตรวจสอบการเปลี่ยนแปลงก่อนส่ง '.repeat(5), 0.15],
    vietnamese: ['Mỗi lập trình viên kiểm tra các thay đổi trước khi gửi đi. '.repeat(5), 0.15],
    ukrainian: ['Кожен розробник перевіряє зміни перед надсиланням. '.repeat(5), 0.15],
    polish: ['Każdy programista sprawdza zmiany przed ich wysłaniem. '.repeat(5), 0.15],
    italian: ['Ogni sviluppatore controlla le modifiche prima di inviarle. '.repeat(5), 0.35],
  } as const;
  for (const [name, [text, most]] of Object.entries(cases)) {
    const error = estimateText(text) / countByVocabulary(text) - 1;
    assert.ok(Math.abs(error) <= most, `${name}: ${error}`);
  }
});

test('English between foreign words gets cheaper as it goes on', () => {
  const german = 'Größere Änderungen müssen überprüft werden, bevor sie übernommen werden. '.repeat(8);
  const english = 'The changes are looked at before anybody takes them over. '.repeat(8);
  const after = estimateText(german + english) - estimateText(german);
  const alone = estimateText(english);
  assert.ok(after >= alone && after <= alone * 1.3, `${after} after German, ${alone} alone`);
});
