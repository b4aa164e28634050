// Selectors and topics of LockRegistry; the generator writes this file.

export const SELECTOR = Object.freeze({
  command: '0xd1539a21',
  commandMany: '0x1203ec22',
  grant: '0xcf97bd40',
  handover: '0xd4232277',
  register: '0x95a78d49',
  post: '0x43a860f4',
} as const);

export const TOPIC = Object.freeze({
  registered: '0x6cd8594df6446610564bf1ea1e804402ea0006dc7b541d3a430d1ea0a62cffd4',
  commanded: '0x2b30b2bf2061e400d143ef64ad002398528d1784cca1da725b52c80cbacfeca7',
  granted: '0x8bb975c8912afafc574309bfe8657dfe534349f1213580c18344cb42a11dd41a',
  handedOver: '0xedafcfc70949527a5a77eeb8c8c7ae50e5c7b498441e3d2af45400d8b55212fd',
  epochRaised: '0xc7542039da806b40e3bf48ab769b2d3421912b7654247766979dbb02f1355d7b',
  posted: '0x15b84d0ddd30f8abfb38fbfaf8c1e39c3288e971a44a94d2b1b1334316a9b2d9',
} as const);
