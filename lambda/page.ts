import { pageRoutes } from './api/page';
import { readPageConfig } from './shared/page-config';
import { readSite } from './shared/site';

const config = readPageConfig(process.env);
export const handler = pageRoutes(readSite(config.folder), config);
