import type { Codes } from './codes';
import { codesEn } from './codes-en';
import { codesZh } from './codes-zh';
import { en, type Texts } from './en';
import { zh } from './zh';

export type { Texts };

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const TEXTS: Readonly<Record<Language, Texts>> = { 'zh-CN': zh, en };
export const CODES: Readonly<Record<Language, Codes>> = { 'zh-CN': codesZh, en: codesEn };
