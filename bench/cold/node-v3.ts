import Pay from 'wechatpay-node-v3';
import { handler as aws } from './aws-clients';

type Options = ConstructorParameters<typeof Pay>;

/** Its client is made once the keys are there, so loading it is all that a cold start does. */
export const handler = async (id: string, options: Options): Promise<unknown[]> => [
  await aws(id),
  new Pay(...options),
];
