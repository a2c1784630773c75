import { useEffect, useState } from 'preact/hooks';
import { Search } from 'lucide-preact';
import type { OrderStatus } from '../../api/types';
import { useConsole } from '../../app/console';
import type { OrderFilter } from '../../app/routes';
import { Button, Choices } from '../../ui/basic';

const STATUSES = [
  'active',
  'watched',
  'refund_due',
  'paid',
  'settled',
  'cancelled',
  'expired',
] as const satisfies readonly OrderStatus[];

interface FiltersProps {
  readonly filter: OrderFilter;
  readonly onChange: (filter: OrderFilter) => void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const { t, codes } = useConsole();
  const [find, setFind] = useState(filter.find ?? '');
  const [sub, setSub] = useState(filter.sub_mchid ?? '');
  useEffect(() => {
    setFind(filter.find ?? '');
    setSub(filter.sub_mchid ?? '');
  }, [filter.find, filter.sub_mchid]);
  const choices = [
    { value: 'all' as const, label: t.orders.all },
    ...STATUSES.map((value) => ({
      value,
      label: codes.status[value].name,
      title: codes.status[value].meaning,
    })),
  ];
  const submit = (event: Event) => {
    event.preventDefault();
    const looked = find.trim();
    const narrowed = sub.trim();
    if (looked !== '') return onChange({ find: looked });
    const { status } = filter;
    return onChange({
      ...(status === undefined ? {} : { status }),
      ...(narrowed === '' ? {} : { sub_mchid: narrowed }),
    });
  };
  const chosen = filter.find === undefined ? ((filter.status ?? 'all') as OrderStatus | 'all') : undefined;
  return (
    <div class="filters">
      <form role="search" onSubmit={submit}>
        <label class="sr-only" for="find">
          {t.orders.find}
        </label>
        <div class="input-icon">
          <Search size={16} aria-hidden="true" />
          <input
            id="find"
            type="search"
            value={find}
            placeholder={t.orders.find}
            autocomplete="off"
            spellcheck={false}
            maxLength={64}
            onInput={(event) => setFind(event.currentTarget.value)}
          />
        </div>
        <label class="sr-only" for="sub">
          {t.common.subMerchant}
        </label>
        <input
          id="sub"
          class="sub"
          value={sub}
          inputMode="numeric"
          placeholder={t.orders.allSubMerchants}
          autocomplete="off"
          maxLength={32}
          onInput={(event) => setSub(event.currentTarget.value)}
        />
        <Button type="submit">{t.orders.search}</Button>
      </form>
      <Choices
        label={t.orders.status}
        choices={choices}
        value={chosen}
        onChange={(status) => {
          const { sub_mchid } = filter;
          onChange({
            ...(status === 'all' ? {} : { status }),
            ...(sub_mchid === undefined ? {} : { sub_mchid }),
          });
        }}
      />
    </div>
  );
}
