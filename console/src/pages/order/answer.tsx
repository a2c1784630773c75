import type { EntryOf } from '../../api/types';
import { useConsole } from '../../app/console';
import { Copy, Facts } from '../../ui/basic';
import { toldOf, type UnknownBecause } from '../../texts/codes';

type Answered = Pick<EntryOf<'attempt'>, 'outcome' | 'because' | 'claim' | 'scope' | 'wechatpay'>;

/** What WeChat Pay answered to a call: in plain words, what to tell the user, and verbatim for its support. */
export function Answer({ entry }: { entry: Answered }) {
  const { t, codes } = useConsole();
  const { outcome, claim, scope, because, wechatpay } = entry;
  const told = toldOf(codes, wechatpay);
  const { http_status, code, message, sub_code, request_id, detail } = wechatpay;
  const known =
    because === undefined ? undefined : (codes.unknownBecause[because as UnknownBecause] ?? because);
  return (
    <div class="answer">
      <p>{told?.meaning ?? codes.outcome[outcome].meaning}</p>
      {claim !== undefined && <p class="small">{codes.claim[claim]}</p>}
      {scope !== undefined && <p class="small">{codes.scope[scope]}</p>}
      {known !== undefined && <p class="small">{known}</p>}
      <details>
        <summary>{t.timeline.answer}</summary>
        <Facts
          rows={[
            { name: t.timeline.tell, value: told?.tell ?? codes.outcome[outcome].tell },
            http_status !== undefined && { name: 'HTTP', value: String(http_status) },
            code !== undefined && { name: t.timeline.code, value: <code>{code}</code> },
            message !== undefined && { name: t.timeline.message, value: <span lang="zh-CN">{message}</span> },
            sub_code !== undefined && { name: t.timeline.subCode, value: <code>{sub_code}</code> },
            detail !== undefined && { name: t.timeline.detail, value: <span lang="en">{detail}</span> },
          ]}
        />
      </details>
      {request_id !== undefined && (
        <div class="request-id">
          <span class="faint">Request-ID</span> <Copy text={request_id} label="Request-ID" />
        </div>
      )}
    </div>
  );
}
