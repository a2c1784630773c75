import Wechatpay from 'wechatpay-axios-plugin';
import { handler as aws } from './aws-clients';

type Options = ConstructorParameters<typeof Wechatpay>;

/** Its client is made once the keys are there, so loading it is all that a cold start does. */
export const handler = async (id: string, options: Options): Promise<unknown[]> => [
  await aws(id),
  new Wechatpay(...options),
];
