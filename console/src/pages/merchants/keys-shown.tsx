import { useMemo } from 'preact/hooks';
import type { Merchant } from '../../api/types';
import { useConsole } from '../../app/console';
import { Chip, Copy, Empty, Panel, When } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';

interface Certificate {
  readonly kind: 'api_certificate' | 'platform_certificate';
  readonly serial_no: string;
  readonly valid_from: string;
  readonly valid_to: string;
}

/** Everything about the keys but the keys. */
export function KeysShown({ keys }: Pick<Merchant, 'keys'>) {
  const { t } = useConsole();
  const columns = useMemo<readonly Column<Certificate>[]>(
    () => [
      { id: 'kind', head: t.merchants.kind, cell: ({ kind }) => t.merchants.what[kind] },
      {
        id: 'serial',
        head: t.merchants.serial,
        names: true,
        cell: ({ serial_no }) => <Copy text={serial_no} label={t.merchants.serial} />,
      },
      { id: 'from', head: t.merchants.validFrom, cell: ({ valid_from }) => <When at={valid_from} /> },
      { id: 'to', head: t.merchants.validTo, cell: ({ valid_to }) => <When at={valid_to} /> },
    ],
    [t],
  );
  if ('fault' in keys)
    return (
      <Panel title={t.merchants.keys}>
        <Empty title={t.merchants.keysFault}>
          <p>
            <Chip tone="bad">{keys.fault.code}</Chip>
          </p>
          <p class="wrap">{keys.fault.message}</p>
        </Empty>
      </Panel>
    );
  const certificates: readonly Certificate[] = [
    ...keys.signing.map((one) => ({ kind: 'api_certificate' as const, ...one })),
    ...keys.platform_certificates.map((one) => ({ kind: 'platform_certificate' as const, ...one })),
  ];
  return (
    <Panel title={t.merchants.keys} note={t.merchants.keysNote} flush>
      {certificates.length > 0 && (
        <DataTable
          caption={t.merchants.keys}
          columns={columns}
          rows={certificates}
          idOf={({ kind, serial_no }) => `${kind} ${serial_no}`}
        />
      )}
      {keys.public_keys.length > 0 && (
        <div class="below-table">
          <h3>{t.merchants.publicKeys}</h3>
          <ul class="plain-list">
            {keys.public_keys.map((id) => (
              <li key={id}>
                <Copy text={id} label={t.merchants.publicKeys} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}
