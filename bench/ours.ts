/**
 * What is measured of this project, bundled as it is deployed before it is measured: the bundler's options are
 * part of how fast it is.
 */
export { createWxpay } from '../lambda/wechatpay/client';
export { RequestSigner } from '../lambda/wechatpay/sign';
export { Transport } from '../lambda/wechatpay/transport';
export { verify } from '../lambda/wechatpay/verify';
