import { useRef, useState } from 'preact/hooks';
import { FileSpreadsheet } from 'lucide-preact';
import { useConsole } from '../../app/console';

interface DropZoneProps {
  readonly disabled: boolean;
  readonly onFile: (file: File) => void;
}

/** Takes a file that is dropped on it, or chosen. */
export function DropZone({ disabled, onFile }: DropZoneProps) {
  const { t } = useConsole();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (file !== undefined && !disabled) onFile(file);
  };
  return (
    <label
      class={`drop-zone ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files[0]);
      }}
    >
      <FileSpreadsheet size={28} aria-hidden="true" />
      <span>
        <strong>{t.imports.drop}</strong>
        <br />
        <span class="faint">{t.imports.orChoose}</span>
      </span>
      <input
        ref={input}
        class="sr-only"
        type="file"
        accept=".csv,text/csv"
        disabled={disabled}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}
