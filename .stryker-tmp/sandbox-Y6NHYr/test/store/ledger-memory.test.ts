import { MemoryLedger } from '../../local/memory-ledger';
import { describeLedger } from './ledger.contract';

describeLedger('MemoryLedger', async () => new MemoryLedger());
