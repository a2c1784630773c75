import { useEffect } from 'preact/hooks';
import { Compass, Store } from 'lucide-preact';
import { ImportPage } from '../pages/import/import-page';
import { MerchantsPage } from '../pages/merchants/merchants-page';
import { OrderPage } from '../pages/order/order-page';
import { OrdersPage } from '../pages/orders/orders-page';
import { OverviewPage } from '../pages/overview/overview-page';
import { PoliciesPage } from '../pages/policies/policies-page';
import { Empty } from '../ui/basic';
import { Page } from '../ui/page';
import { useConsole } from './console';
import { addressOf } from './routes';
import { useRoute } from './use-route';

/** The page that the address names. */
export function Router({ merchants }: { merchants: readonly string[] }) {
  const { t } = useConsole();
  const route = useRoute();
  const [first] = merchants;
  useEffect(() => {
    // Without it the next step back in the browser's history would lead here again.
    if (route.page === 'home' && first !== undefined)
      location.replace(addressOf({ page: 'overview', mchid: first }));
  }, [route, first]);
  switch (route.page) {
    case 'home':
      return first === undefined ? (
        <Page title={t.shell.noMerchants}>
          <Empty icon={<Store size={28} aria-hidden="true" />} title={t.shell.noMerchants}>
            <p>{t.shell.noMerchantsText}</p>
          </Empty>
        </Page>
      ) : null;
    case 'unknown':
      return (
        <Page title={t.shell.notFound}>
          <Empty icon={<Compass size={28} aria-hidden="true" />} title={t.shell.notFound}>
            <p>{t.shell.notFoundText}</p>
            <a href={addressOf({ page: 'home' })}>{t.shell.toOverview}</a>
          </Empty>
        </Page>
      );
    case 'overview':
      return <OverviewPage mchid={route.mchid} />;
    case 'orders':
      return <OrdersPage mchid={route.mchid} filter={route.filter} />;
    case 'order':
      return <OrderPage {...route} />;
    case 'merchants':
      return <MerchantsPage mchid={route.mchid} />;
    case 'policies':
      return <PoliciesPage {...route} />;
    case 'import':
      return <ImportPage mchid={route.mchid} />;
  }
}
