// Made by `npm run docs` from lambda/api/openapi.json.

export interface paths {
    "/notifications/{mchid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receives a notification of WeChat Pay
         * @description What merchants give as `notify_url`. Public, and guarded by the signature of WeChat Pay: a merchant’s own receiver may forward a notification here with its original headers and bytes.
         */
        post: operations["receiveNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describes the API
         * @description This document.
         */
        get: operations["showDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows who calls
         * @description Of a person what his token says; a machine may do whatever IAM lets it.
         */
        get: operations["showCaller"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists merchants
         * @description Those whose keys were ever read here, in the order of their numbers.
         */
        get: operations["listMerchants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a merchant
         * @description Breakers, switch, keys, and how much of its rate it has used.
         */
        get: operations["showMerchant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/breakers/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lifts a breaker
         * @description The next collection tries again at once, instead of when the wait is over. Orders that wait for the breaker look within the hour.
         */
        post: operations["liftBreaker"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/events/republish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publishes events again
         * @description Tells again what the ledger knows, a page of orders at a time, under the ids under which it was told first.
         */
        post: operations["republishEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/export/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports attempts as CSV
         * @description The attempts made in a period of at most 366 days; `to` is not included. A page may be short, or empty, and have a next one all the same.
         */
        get: operations["exportAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/export/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports orders as CSV
         * @description The orders registered in a period of at most 366 days; `to` is not included. A page may be short, or empty, and have a next one all the same.
         */
        get: operations["exportOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists orders
         * @description A page of a merchant’s orders by status and sub-merchant, in the order of registration. An order whose status changes between two pages may be on both, or on neither.
         */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows an order
         * @description What the ledger knows, with the timeline and the next decision. WeChat Pay is not asked.
         */
        get: operations["showOrder"];
        /**
         * Registers an order
         * @description From then on it is collected by the policy, and asked about until it is at its end. Given again it changes nothing; other words about completion or amount replace the earlier ones.
         */
        put: operations["registerOrder"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collects an order now
         * @description Registers the order if it is new, asks WeChat Pay, then makes one attempt unless something forbids it. No answer says that the order is paid, unless a verified query showed it.
         */
        post: operations["collectOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Corrects an order by asking again
         * @description Asks WeChat Pay again, whatever the order’s state, and applies what is verified. It takes no state.
         */
        post: operations["correctOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Holds an order
         * @description Nothing is collected until then. It is still asked about.
         */
        post: operations["holdOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks WeChat Pay about an order now
         * @description What it says, verified, becomes what the ledger knows. An order that is not in the ledger is asked about all the same, and stays out of it.
         */
        post: operations["queryOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lowers the amount of an order
         * @description Less is due (修改订单金额), never more.
         */
        post: operations["reduceOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Releases an order
         * @description Collecting goes on: a hold is over, and a full record goes on. A decision is taken back only by its name (`takes_back`), and a refund has been dealt with only when its amount is named (`refund_amount`); a request names one of the two at most. A refund that is named again is refused.
         */
        post: operations["releaseOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settles an order that was paid elsewhere
         * @description Tells WeChat Pay that the user paid through another channel (同步服务订单状态).
         */
        post: operations["settleOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Waives an order
         * @description The debt is forgiven (取消服务订单). WeChat Pay may refuse that for an order that is pending: then nothing is collected here, and the user can still be charged by WeChat Pay.
         */
        post: operations["waiveOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/orders/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers up to a hundred orders
         * @description The answer says of each row what became of it. Rows given again change nothing.
         */
        post: operations["importOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows how a merchant stands
         * @description As it was last rolled up, every few minutes; nothing is counted for whoever asks.
         */
        get: operations["showOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the policy of a merchant
         * @description The policy in force, where each value comes from, and what this level itself says.
         */
        get: operations["showMerchantPolicy"];
        /**
         * Sets the policy of a merchant
         * @description This level says what the body says, and nothing else.
         */
        put: operations["setMerchantPolicy"];
        post?: never;
        /**
         * Removes the policy of a merchant
         * @description This level says nothing any more.
         */
        delete: operations["removeMerchantPolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/policies/{sub_mchid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the policy of a sub-merchant
         * @description The policy in force, where each value comes from, and what this level itself says.
         */
        get: operations["showSubMerchantPolicy"];
        /**
         * Sets the policy of a sub-merchant
         * @description This level says what the body says, and nothing else.
         */
        put: operations["setSubMerchantPolicy"];
        post?: never;
        /**
         * Removes the policy of a sub-merchant
         * @description This level says nothing any more.
         */
        delete: operations["removeSubMerchantPolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the policy of a service of a sub-merchant
         * @description The policy in force, where each value comes from, and what this level itself says.
         */
        get: operations["showSubMerchantServicePolicy"];
        /**
         * Sets the policy of a service of a sub-merchant
         * @description This level says what the body says, and nothing else.
         */
        put: operations["setSubMerchantServicePolicy"];
        post?: never;
        /**
         * Removes the policy of a service of a sub-merchant
         * @description This level says nothing any more.
         */
        delete: operations["removeSubMerchantServicePolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finds orders
         * @description By their number, of whatever sub-merchant, or by WeChat Pay’s number of a payment; one of the two. Up to 100.
         */
        get: operations["searchOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the switch of a merchant
         * @description What each level says, and what holds: the most careful of them.
         */
        get: operations["showMerchantSwitch"];
        /**
         * Sets the switch of a merchant
         * @description `off`: nothing is done without a person. `observe`: orders are registered and asked about, and what would be collected is recorded. `on`: they are collected. `inherit`: this level says nothing.
         */
        put: operations["setMerchantSwitch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/{mchid}/switch/{sub_mchid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the switch of a sub-merchant
         * @description What each level says, and what holds: the most careful of them.
         */
        get: operations["showSubMerchantSwitch"];
        /**
         * Sets the switch of a sub-merchant
         * @description `off`: nothing is done without a person. `observe`: orders are registered and asked about, and what would be collected is recorded. `on`: they are collected. `inherit`: this level says nothing.
         */
        put: operations["setSubMerchantSwitch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the switch of the whole service
         * @description What each level says, and what holds: the most careful of them.
         */
        get: operations["showServiceSwitch"];
        /**
         * Sets the switch of the whole service
         * @description `off`: nothing is done without a person. `observe`: orders are registered and asked about, and what would be collected is recorded. `on`: they are collected. `inherit`: this level says nothing.
         */
        put: operations["setServiceSwitch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who asked for something: a machine, the schedule, or a person at the page. */
        Actor: {
            /** @description Of a machine its ARN; of a person the issuer of his token, and who he is there. */
            id: string;
            /** @enum {string} */
            kind: "api" | "schedule" | "console";
            /** @description What a person is called there. */
            name?: string;
        };
        /** @description One call to `/pay`. Nothing in it says that the order is paid: only a verified query does. */
        Attempt: {
            /** @description Of `unknown` and `not_sent`: why. */
            because?: string;
            /**
             * @description Of `contradicted`: what WeChat Pay says, unsigned, that the order is.
             * @enum {string}
             */
            claim?: "done" | "cancelled" | "not_found" | "not_pending";
            /** @description Of the call; a random UUID. */
            id: string;
            meaning: string;
            /** @description Money may still move because of it; a verified query closes it. */
            open: boolean;
            outcome: components["schemas"]["OutcomeKind"];
            /**
             * @description Of `misconfigured`: whose configuration.
             * @enum {string}
             */
            scope?: "merchant" | "pair";
        };
        /** @description WeChat Pay refused for want of configuration, and nothing is collected for a time. A closed one is not listed. */
        Breaker: {
            because: string;
            /** @description Who lifted it last since it tripped, if somebody did. */
            lifted: {
                at: components["schemas"]["Time"];
                by: string;
            } | null;
            /** @constant */
            scope: "merchant";
            /** @enum {string} */
            state: "closed" | "open" | "half_open";
            /** @description The attempt that is trying now, if one is. */
            trial: {
                at: components["schemas"]["Time"];
                claim_id: string;
            } | null;
            /** @description When one collection tries again. */
            tries_again_at: components["schemas"]["Time"];
            tripped_at: components["schemas"]["Time"];
            /** @description In a row. */
            trips: number;
        } | {
            because: string;
            /** @description Who lifted it last since it tripped, if somebody did. */
            lifted: {
                at: components["schemas"]["Time"];
                by: string;
            } | null;
            /** @constant */
            scope: "pair";
            service_id: components["schemas"]["ServiceId"];
            /** @enum {string} */
            state: "closed" | "open" | "half_open";
            sub_mchid: components["schemas"]["SubMchid"];
            /** @description The attempt that is trying now, if one is. */
            trial: {
                at: components["schemas"]["Time"];
                claim_id: string;
            } | null;
            /** @description When one collection tries again. */
            tries_again_at: components["schemas"]["Time"];
            tripped_at: components["schemas"]["Time"];
            /** @description In a row. */
            trips: number;
        };
        Caller: {
            id: string;
            name?: string;
            /** @description `viewer`: looks. `operator`: decides as well. */
            roles: ("viewer" | "operator")[];
        };
        Certificate: {
            serial_no: string;
            valid_from: components["schemas"]["Time"];
            valid_to: components["schemas"]["Time"];
        };
        Collected: {
            attempt: components["schemas"]["Attempt"];
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            /** @description Whether the ledger holds the outcome. It is asked about either way. */
            recorded: boolean;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
            wechatpay: components["schemas"]["Evidence"];
        };
        /**
         * @description What made a collection due.
         * @enum {string}
         */
        CollectRule: "first_attempt" | "decline_ladder" | "infrastructure_ladder" | "trial" | "demand" | "consent";
        /** @description When the service was completed (完结), and who says so. */
        Completed: {
            at: components["schemas"]["Time"];
            /** @enum {string} */
            from: "registration" | "wechatpay" | "first_seen" | "registered";
        };
        Corrected: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
            wechatpay: components["schemas"]["Evidence"];
        };
        DayWindow: {
            from: string;
            /** @description Exclusive; before `from` it crosses midnight. */
            to: string;
            /** @description The days on which it begins; without it every day. */
            weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
        };
        /** @description What allowed an attempt. */
        Decided: {
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            reason?: string;
            rule: components["schemas"]["CollectRule"];
        };
        /** @description What is to be done about an order, and why. What forbids collecting never forbids asking. */
        Decision: {
            /** @constant */
            action: "collect";
            /** @description The same in a sentence. */
            reason: string;
            rule: components["schemas"]["CollectRule"];
        } | {
            /** @constant */
            action: "query";
            /** @enum {string} */
            because: "attempt_open" | "doubted" | "restored" | "nothing_verified" | "stale" | "unasked" | "exhausting" | "watch";
            /** @description The same in a sentence. */
            reason: string;
        } | {
            /** @constant */
            action: "wait";
            /** @description When WeChat Pay is asked meanwhile. */
            asks_again_at?: components["schemas"]["Time"];
            /**
             * @description - `attempt_open`: An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt.
             *     - `unanswered`: WeChat Pay gave no usable answer about the order; it is asked again then.
             *     - `gap`: The least time between two attempts on one order has not passed (min_gap_minutes).
             *     - `lock`: The last call left and was not processed; its outcome says why. WeChat Pay may hold an order for 3 minutes after any call.
             *     - `first_attempt`: The user is given time to pay by himself before the first attempt (first_attempt_after_hours).
             *     - `decline_ladder`: The attempts so far took nothing; the next one is due then (decline_ladder_hours).
             *     - `infrastructure_ladder`: The last attempt never reached the deduction; it is made again then (infrastructure_ladder_minutes).
             *     - `day_cap`: The order had as many attempts today as the policy allows (attempts_per_day_max).
             *     - `month_cap`: The order had as many attempts in 30 days as the policy allows (attempts_per_30_days_max).
             *     - `breaker`: WeChat Pay refused this merchant, or this sub_mchid and service_id, for want of configuration; one collection tries again then.
             *     - `budget`: The merchant’s calls per second are used up.
             *     - `restored`: The ledger was restored from a backup, and what was called after that is not in it: as many attempts as the policy allowed are taken to have been made.
             *     - `window`: Outside the hours in which the policy allows collecting (windows, quiet_hours, avoid_dates).
             * @enum {string}
             */
            because: "attempt_open" | "unanswered" | "gap" | "lock" | "first_attempt" | "decline_ladder" | "infrastructure_ladder" | "day_cap" | "month_cap" | "breaker" | "budget" | "restored" | "window";
            /** @description The same in a sentence. */
            reason: string;
            until: components["schemas"]["Time"];
        } | {
            /** @constant */
            action: "stop";
            /** @description When WeChat Pay is asked meanwhile. */
            asks_again_at?: components["schemas"]["Time"];
            /**
             * @description - `paid`: The order is paid, verified.
             *     - `settled`: The order was settled without a collection.
             *     - `cancelled`: The order is cancelled.
             *     - `expired`: The order has lapsed.
             *     - `not_completed`: The order is not completed yet; call complete (完结) first.
             *     - `unrecognised`: WeChat Pay answered a state that is not known here; a person has to look.
             *     - `decided`: Somebody decided to settle, waive or reduce it, and WeChat Pay has not confirmed that: send the decision again, or take it back by a release that names it (takes_back).
             *     - `held`: The order is held: until the end of the hold, or until somebody releases it.
             *     - `exhausted`: Every attempt that the policy allows was made, or, in a restored ledger, may have been (attempts_max); the operator decides: waive or leave.
             *     - `last_day`: The last day for an attempt has passed, or passes before the next one (last_attempt_day); the operator decides: waive or leave.
             *     - `no_window`: The policy leaves no time in which a collection is allowed; see windows, quiet_hours and avoid_dates.
             *     - `timeline_full`: The record of the order is full: it is still asked about, but not collected until somebody has looked and releases it.
             *     - `refused`: WeChat Pay refused the last call as it was made, and the order is still pending: a person has to look. Release it, or collect it by name, and it is tried again.
             *     - `observing`: It would be collected now, but the switch is on observe: nothing is sent.
             *     - `switched_off`: It would be collected now, but the switch is off.
             * @enum {string}
             */
            because: "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "unrecognised" | "decided" | "held" | "exhausted" | "last_day" | "no_window" | "timeline_full" | "refused" | "observing" | "switched_off";
            /** @description The same in a sentence. */
            reason: string;
        };
        /** @description What a person decided; in force until it is verified, or until somebody releases the order. */
        DecisionByHand: {
            /** @description Of a person the name, and the id in brackets. */
            actor: string;
            at: components["schemas"]["Time"];
            operation: components["schemas"]["Operation"];
            reason: string;
        };
        DryRun: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @constant */
            dry_run: true;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            /** @description What forbids it. */
            held_back?: components["schemas"]["Decision"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
            would_collect: boolean;
        };
        /** @description What came back from WeChat Pay for a call, verbatim. */
        Evidence: {
            code?: string;
            /** @description Why there is no usable answer, in this service’s words. */
            detail?: string;
            http_status?: number;
            message?: string;
            /** @description What WeChat Pay’s support asks for. */
            request_id?: string;
            /** @description The digits after the last `-` of the Request-ID. */
            sub_code?: string;
        };
        /** @description What is wrong with one field. Names the field and the rule, never the value. */
        Fault: {
            /** @description `orders[3].sub_mchid`; empty for the whole. */
            field: string;
            rule: string;
        };
        /** @description Money in fen (分). */
        Fen: number;
        /** @description What API Gateway says when a request never reached the service, or the service never answered. */
        GatewayMessage: {
            message: string;
        };
        /** @description Nothing is collected while an order is held. */
        Hold: {
            /** @description Of a person the name, and the id in brackets. */
            actor: string;
            reason: string;
            /** @description `null`: until somebody releases it. */
            until: components["schemas"]["Time"] | null;
        };
        Imported: {
            dry_run: boolean;
            results: components["schemas"]["ImportedRow"][];
        };
        ImportedRow: {
            /** @description The row of this batch that names the same order and counts. */
            duplicate_of?: number;
            errors?: components["schemas"]["Fault"][];
            /** @description As it was given, bounded. */
            out_order_no: string;
            /**
             * @description `refused`: nothing was done for this row, see `errors`. `left`: nor for this one, and it is no fault of the row: give it again.
             * @enum {string}
             */
            result: "registered" | "already" | "changed" | "would_register" | "would_change" | "refused" | "left";
            row: number;
            /** @description As it was given, bounded. */
            sub_mchid: string;
        };
        /** @description Everything about the keys but the keys. */
        Keys: {
            /** @description Platform certificates (平台证书) as they were last downloaded. */
            platform_certificates: components["schemas"]["Certificate"][];
            /** @description Ids of the WeChat Pay public keys (微信支付公钥). */
            public_keys: string[];
            /** @description Generations of the API certificate (商户API证书). */
            signing: components["schemas"]["Certificate"][];
            /** @description What ends within 30 days, and would stop the merchant’s calls. */
            warnings: {
                /** @description Whole days; below zero once it has ended. */
                days_left: number;
                serial_no: string;
                valid_to: components["schemas"]["Time"];
                /** @enum {string} */
                what: "api_certificate" | "platform_certificate";
            }[];
        } | {
            /** @description Why the keys are not usable. */
            fault: {
                code: string;
                message: string;
            };
        };
        ListedOrder: {
            mchid: components["schemas"]["Mchid"];
            out_order_no: components["schemas"]["OutOrderNo"];
            /** @description Of an order that is paid. */
            paid_amount?: components["schemas"]["Fen"];
            registered_at: components["schemas"]["Time"];
            service_id: components["schemas"]["ServiceId"];
            status: components["schemas"]["OrderStatus"];
            sub_mchid: components["schemas"]["SubMchid"];
            total_amount?: components["schemas"]["Fen"];
        };
        /**
         * @description Merchant number of the service provider (服务商商户号).
         * @example 1900000001
         */
        Mchid: string;
        Merchant: {
            breakers: components["schemas"]["Breaker"][];
            /** @description How much of its rate the merchant has used in the window under way. */
            budget: {
                calls_max: number;
                calls_taken: number;
                until: components["schemas"]["Time"];
            };
            keys: components["schemas"]["Keys"];
            mchid: components["schemas"]["Mchid"];
            /** @description The levels that have a policy. */
            policies: {
                /** @description Its version. */
                provider: number | null;
                /** @description `sub_mchid/service_id` each. */
                services: string[];
                sub_merchants: components["schemas"]["SubMchid"][];
            };
            switch: {
                merchant: components["schemas"]["Mode"] | null;
                service: components["schemas"]["Mode"] | null;
                sub_merchants: {
                    [key: string]: components["schemas"]["Mode"];
                };
            };
        };
        /**
         * @description What may be done without a person, most careful first.
         * @enum {string}
         */
        Mode: "off" | "observe" | "on";
        /** @description It was never rolled up yet. */
        NoOverview: {
            as_of: null;
            mchid: components["schemas"]["Mchid"];
        };
        /** @description As WeChat Pay sends it. Its bytes are verified before anything in them is read. */
        Notification: {
            create_time: string;
            /** @description `PAYSCORE.USER_PAID` is applied; others are kept. */
            event_type: string;
            id: string;
            /** @description Encrypted under the APIv3 key. */
            resource: {
                algorithm: string;
                ciphertext: string;
                nonce: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description What WeChat Pay is told; it sends the notification again. */
        NotificationFailed: {
            /** @constant */
            code?: "FAIL";
            message: string;
        };
        /** @description An attempt that may still take money; only evidence closes it. */
        OpenAttempt: {
            /** @description Of a person the name, and the id in brackets. */
            actor: string;
            claimed_at: components["schemas"]["Time"];
            decided: components["schemas"]["Decided"];
            /** @description Of the call; a random UUID. */
            id: string;
            /** @description `null` until the call is over, and when its worker died. */
            outcome: components["schemas"]["OutcomeKind"] | null;
        };
        /** @description A decision by hand that WeChat Pay is being told of. */
        OpenOperation: {
            /** @description Of a person the name, and the id in brackets. */
            actor: string;
            claimed_at: components["schemas"]["Time"];
            /** @description Of the call; a random UUID. */
            id: string;
            operation: components["schemas"]["Operation"];
            /** @description `null` until the call is over, and when its worker died. */
            outcome: components["schemas"]["OutcomeKind"] | null;
            reason: string;
        };
        /** @description A decision by hand in WeChat Pay’s words: paid elsewhere (`sync`), waived (`cancel`) or lowered (`modify`). */
        Operation: {
            /** @constant */
            kind: "sync";
            paid_at: components["schemas"]["Time"];
        } | {
            /** @constant */
            kind: "cancel";
            /** @description What the user is shown. */
            user_reason: string;
        } | {
            /** @constant */
            kind: "modify";
            total_amount: components["schemas"]["Fen"];
            /** @description What the user is shown. */
            user_reason: string;
        };
        /** @description One call that tells WeChat Pay of a decision by hand. */
        OperationMade: {
            /** @description Of `unknown` and `not_sent`: why. */
            because?: string;
            /**
             * @description Of `contradicted`: what WeChat Pay says, unsigned, that the order is.
             * @enum {string}
             */
            claim?: "done" | "cancelled" | "not_found" | "not_pending";
            /** @description Of the call; a random UUID. */
            id: string;
            /** @enum {string} */
            kind: "sync" | "cancel" | "modify";
            meaning: string;
            /** @description It is not known yet whether it was done; a verified query decides. */
            open: boolean;
            outcome: components["schemas"]["OutcomeKind"];
            /**
             * @description Of `misconfigured`: whose configuration.
             * @enum {string}
             */
            scope?: "merchant" | "pair";
        };
        OrderNow: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
        };
        OrderRef: {
            mchid: components["schemas"]["Mchid"];
            out_order_no: components["schemas"]["OutOrderNo"];
            service_id: components["schemas"]["ServiceId"];
            sub_mchid: components["schemas"]["SubMchid"];
        };
        /**
         * @description Being worked on, only asked about, to be refunded, or at its verified end.
         * @enum {string}
         */
        OrderStatus: "active" | "watched" | "refund_due" | "paid" | "settled" | "cancelled" | "expired";
        /**
         * @description - `accepted`: WeChat Pay took the request. Whether the user was charged is not known until a query shows it.
         *     - `in_progress`: WeChat Pay is charging the user (USERPAYING). This is not a payment yet and may still fail.
         *     - `busy`: A deduction of this order is already running at WeChat Pay (扣款中). It is left alone, then asked about.
         *     - `unknown`: It is not known what WeChat Pay did with the request. It is never sent again, only asked about.
         *     - `declined`: WeChat Pay says that it took no money (扣款失败): balance, bank card or a closed password-free agreement.
         *     - `throttled`: WeChat Pay says that requests came too fast, and should not have processed this one.
         *     - `contradicted`: WeChat Pay says the order is not pending. Error answers are not signed: a query has to confirm it.
         *     - `refused`: WeChat Pay refused the request as it was made. If a query still shows the order pending, a person is needed.
         *     - `misconfigured`: WeChat Pay says that it refused, not because of the order: the merchant’s keys (scope merchant), or this sub_mchid and service_id, for which 订单收款 may not be open (scope pair; ask 运营). Correct that first.
         *     - `not_sent`: The request surely never left this service. Nothing happened at WeChat Pay.
         * @enum {string}
         */
        OutcomeKind: "accepted" | "in_progress" | "busy" | "unknown" | "declined" | "throttled" | "contradicted" | "refused" | "misconfigured" | "not_sent";
        /**
         * @description Order number given by the merchant (商户服务订单号); `|` is written `%7C` in a path.
         * @example BIKE-1011
         */
        OutOrderNo: string;
        /** @description How a merchant stood when that was last rolled up. */
        Overview: {
            /** @description Everything here is as it was then. */
            as_of: components["schemas"]["Time"];
            /** @description By the number of the attempt among its order’s. `paid`: the order was verified as paid while it was open. */
            by_attempt: {
                attempt: number;
                attempts: number;
                paid: number;
            }[];
            /** @description The last 400 days in Beijing on which anything happened: payments by their day, attempts by theirs. */
            by_day: {
                /** @description In fen. */
                amount: number;
                attempts: number;
                /** Format: date */
                date: string;
                orders: number;
            }[];
            /** @description By the hour of the attempt in Beijing; Monday is 1. */
            by_hour: {
                attempts: number;
                hour: number;
                paid: number;
                weekday: number;
            }[];
            /** @description What attempts came to, the most frequent first; `other` stands for the sub-codes beyond 200. */
            by_sub_code: {
                attempts: number;
                /** @enum {string} */
                outcome: "accepted" | "in_progress" | "busy" | "unknown" | "declined" | "throttled" | "contradicted" | "refused" | "misconfigured" | "not_sent" | "unreported";
                sub_code: string | null;
            }[];
            /** @description Of those owed: what the schedule takes up before midnight in Beijing. */
            due_today: components["schemas"]["Sum"];
            /** @description With a call whose end is not known yet. */
            in_flight: {
                orders: number;
            };
            mchid: components["schemas"]["Mchid"];
            needs_a_person: {
                /** @description Certificates that end within 30 days. */
                keys_ending: {
                    /** @description Whole days; below zero once it has ended. */
                    days_left: number;
                    ends_at: components["schemas"]["Time"];
                    serial_no: string;
                    /** @enum {string} */
                    what: "api_certificate" | "platform_certificate";
                }[];
                /** @description Money that users should have back. */
                refund_due: components["schemas"]["Sum"];
                /** @description Its breaker, while that is open. */
                stopped_merchant: {
                    because: string;
                    /** @description When one collection tries again. */
                    tries_again_at: components["schemas"]["Time"];
                    tripped_at: components["schemas"]["Time"];
                } | null;
                /** @description Up to 20 pairs whose breaker is open. */
                stopped_pairs: {
                    because: string;
                    service_id: components["schemas"]["ServiceId"];
                    sub_mchid: components["schemas"]["SubMchid"];
                    /** @description When one collection tries again. */
                    tries_again_at: components["schemas"]["Time"];
                    tripped_at: components["schemas"]["Time"];
                }[];
                /** @description Up to 20 of those whose call nobody can say the fate of for longer than a day. */
                unknown_over_24h: {
                    mchid: components["schemas"]["Mchid"];
                    out_order_no: components["schemas"]["OutOrderNo"];
                    sub_mchid: components["schemas"]["SubMchid"];
                }[];
            };
            /** @description Orders that are not at their end, and what is still to be paid for them. */
            owed: components["schemas"]["Sum"];
            /** @description Orders verified as paid. */
            recovered: components["schemas"]["Sum"];
            /** @description When the first order was registered; `null` while there is none. */
            since: components["schemas"]["Time"] | null;
            /** @description Why they are only asked about, the most frequent first. */
            stopped: {
                /** @description In fen. */
                amount: number;
                /** @enum {string} */
                because: "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "unrecognised" | "decided" | "held" | "exhausted" | "last_day" | "no_window" | "timeline_full" | "refused" | "observing" | "switched_off";
                orders: number;
                reason: string;
            }[];
            /** @description Of those in flight: nobody can say what became of the call. */
            unknown: {
                older_than_24h: number;
                orders: number;
            };
            /** @description Of those owed: only asked about. */
            watched: components["schemas"]["Sum"];
        };
        /** @description All of how a merchant wants to collect. */
        Policy: {
            /** @description Most attempts on one order in all. */
            attempts_max: number;
            /** @description Most attempts on one order in 30 days. */
            attempts_per_30_days_max: number;
            /** @description Most attempts on one order in one day. */
            attempts_per_day_max: number;
            /** @description The dates (YYYY-MM-DD) on which nothing is collected. */
            avoid_dates: string[];
            /** @description Hours to wait after each attempt that took no money; the last step repeats. */
            decline_ladder_hours: number[];
            /** @description The day after completion on which the user should be told to pay by hand. */
            exhausting_day: number;
            /** @description Hours from completion to the first attempt: time for the user and WeChat Pay’s own deduction. */
            first_attempt_after_hours: number;
            /** @description Minutes to wait after each setback in a row on the way to WeChat Pay; then 24 hours each. */
            infrastructure_ladder_minutes: number[];
            /** @description The last day after completion with an attempt; 30 days unpaid may cost the user score (P4012625499). */
            last_attempt_day: number;
            /** @description Least minutes between two attempts on one order; WeChat Pay locks it for the first three. */
            min_gap_minutes: number;
            /** @description The hours in which no collection is allowed, whatever the windows say. */
            quiet_hours: components["schemas"]["DayWindow"][];
            /** @description The time zone (IANA name) in which windows, quiet hours, dates and days are meant. */
            time_zone: string;
            /** @description The hours in which a collection is allowed; none given: the whole day. */
            windows: components["schemas"]["DayWindow"][];
        };
        PolicyChanged: {
            /** @constant */
            dry_run?: true;
            effective: components["schemas"]["Policy"];
            effective_version: string;
            level: {
                mchid: components["schemas"]["Mchid"];
                service_id?: components["schemas"]["ServiceId"];
                sub_mchid?: components["schemas"]["SubMchid"];
            };
            /** @description What the schedule would do next with some of the orders that the change touches. */
            preview: {
                after: components["schemas"]["Decision"];
                /** @description When it would be attempted, up to ten times, if it stays pending and every attempt is declined: by the policy alone, as if the switch were on and no breaker open. Chance makes the true times a little later. */
                attempts_after: components["schemas"]["Time"][];
                /** @description When it would be attempted, up to ten times, if it stays pending and every attempt is declined: by the policy alone, as if the switch were on and no breaker open. Chance makes the true times a little later. */
                attempts_before: components["schemas"]["Time"][];
                before: components["schemas"]["Decision"];
                order: components["schemas"]["OrderRef"];
            }[];
            sources: {
                attempts_max: components["schemas"]["PolicySource"];
                attempts_per_30_days_max: components["schemas"]["PolicySource"];
                attempts_per_day_max: components["schemas"]["PolicySource"];
                avoid_dates: components["schemas"]["PolicySource"];
                decline_ladder_hours: components["schemas"]["PolicySource"];
                exhausting_day: components["schemas"]["PolicySource"];
                first_attempt_after_hours: components["schemas"]["PolicySource"];
                infrastructure_ladder_minutes: components["schemas"]["PolicySource"];
                last_attempt_day: components["schemas"]["PolicySource"];
                min_gap_minutes: components["schemas"]["PolicySource"];
                quiet_hours: components["schemas"]["PolicySource"];
                time_zone: components["schemas"]["PolicySource"];
                windows: components["schemas"]["PolicySource"];
            };
            /** @description What this level itself says, as it was last changed; `null` when it never said anything. */
            stored: {
                changed_at: components["schemas"]["Time"];
                changed_by: string;
                layer: components["schemas"]["PolicyLayer"] | null;
                version: number;
            } | null;
            /** @description Of a dry run: how many orders that are not at their end come under another policy; `at_least`: there may be more. */
            touches?: {
                at_least: boolean;
                orders: number;
            };
        };
        /** @description What one level of the policy says: any of the keys. A wider level decides the others. */
        PolicyLayer: {
            /** @description Most attempts on one order in all. */
            attempts_max?: number;
            /** @description Most attempts on one order in 30 days. */
            attempts_per_30_days_max?: number;
            /** @description Most attempts on one order in one day. */
            attempts_per_day_max?: number;
            /** @description The dates (YYYY-MM-DD) on which nothing is collected. */
            avoid_dates?: string[];
            /** @description Hours to wait after each attempt that took no money; the last step repeats. */
            decline_ladder_hours?: number[];
            /** @description The day after completion on which the user should be told to pay by hand. */
            exhausting_day?: number;
            /** @description Hours from completion to the first attempt: time for the user and WeChat Pay’s own deduction. */
            first_attempt_after_hours?: number;
            /** @description Minutes to wait after each setback in a row on the way to WeChat Pay; then 24 hours each. */
            infrastructure_ladder_minutes?: number[];
            /** @description The last day after completion with an attempt; 30 days unpaid may cost the user score (P4012625499). */
            last_attempt_day?: number;
            /** @description Least minutes between two attempts on one order; WeChat Pay locks it for the first three. */
            min_gap_minutes?: number;
            /** @description The hours in which no collection is allowed, whatever the windows say. */
            quiet_hours?: components["schemas"]["DayWindow"][];
            /** @description The time zone (IANA name) in which windows, quiet hours, dates and days are meant. */
            time_zone?: string;
            /** @description The hours in which a collection is allowed; none given: the whole day. */
            windows?: components["schemas"]["DayWindow"][];
        };
        /** @description Where a value comes from; the default has version 0. */
        PolicySource: {
            /** @enum {string} */
            level: "default" | "provider" | "sub_merchant" | "service";
            version: number;
        };
        PolicyView: {
            effective: components["schemas"]["Policy"];
            effective_version: string;
            level: {
                mchid: components["schemas"]["Mchid"];
                service_id?: components["schemas"]["ServiceId"];
                sub_mchid?: components["schemas"]["SubMchid"];
            };
            sources: {
                attempts_max: components["schemas"]["PolicySource"];
                attempts_per_30_days_max: components["schemas"]["PolicySource"];
                attempts_per_day_max: components["schemas"]["PolicySource"];
                avoid_dates: components["schemas"]["PolicySource"];
                decline_ladder_hours: components["schemas"]["PolicySource"];
                exhausting_day: components["schemas"]["PolicySource"];
                first_attempt_after_hours: components["schemas"]["PolicySource"];
                infrastructure_ladder_minutes: components["schemas"]["PolicySource"];
                last_attempt_day: components["schemas"]["PolicySource"];
                min_gap_minutes: components["schemas"]["PolicySource"];
                quiet_hours: components["schemas"]["PolicySource"];
                time_zone: components["schemas"]["PolicySource"];
                windows: components["schemas"]["PolicySource"];
            };
            /** @description What this level itself says, as it was last changed; `null` when it never said anything. */
            stored: {
                changed_at: components["schemas"]["Time"];
                changed_by: string;
                layer: components["schemas"]["PolicyLayer"] | null;
                version: number;
            } | null;
        };
        /** @description The body is not JSON in UTF-8. */
        ProblemBodyNotJson: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 400;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:body-not-json";
        };
        /** @description The body is larger than is taken. */
        ProblemBodyTooLarge: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 413;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:body-too-large";
        };
        /** @description The cursor was not given with a page of this very list. */
        ProblemCursorInvalid: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 400;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:cursor-invalid";
        };
        /** @description This deployment publishes no events. */
        ProblemEventsOff: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:events-off";
        };
        /** @description EventBridge did not take every event; send the same request again. */
        ProblemEventsUnavailable: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:events-unavailable";
        };
        /**
         * @description Nothing was sent: something forbids a collection now.
         * @example {
         *       "type": "urn:payscore-collector:problem:held-back",
         *       "title": "Not collected",
         *       "status": 409,
         *       "detail": "Nothing was sent: the order may not be collected now. See held_back; next is what the schedule does.",
         *       "order": {
         *         "mchid": "1900009191",
         *         "sub_mchid": "1900000109",
         *         "out_order_no": "BIKE-1011",
         *         "service_id": "00004000000000000000000000000001"
         *       },
         *       "order_status": "active",
         *       "standing": {
         *         "kind": "pending",
         *         "paying_amount": 350,
         *         "paid_amount": 0,
         *         "meaning": "Completed and not wholly paid (待支付).",
         *         "as_of": "2026-03-02T04:00:00.000Z",
         *         "wechatpay": {
         *           "state": "DOING",
         *           "state_description": "MCH_COMPLETE",
         *           "collection_state": "USER_PAYING",
         *           "total_amount": 350,
         *           "paying_amount": 350,
         *           "paid_amount": 0
         *         }
         *       },
         *       "open_attempt": {
         *         "id": "6f1c2a90-3d5b-4c8e-9a77-000000000001",
         *         "claimed_at": "2026-03-02T04:00:00.000Z",
         *         "actor": "arn:aws:iam::000000000000:user/local",
         *         "decided": {
         *           "rule": "demand",
         *           "policy": "provider:1"
         *         },
         *         "outcome": "accepted"
         *       },
         *       "open_operation": null,
         *       "registered_at": "2026-03-02T04:00:00.000Z",
         *       "completed": {
         *         "at": "2026-03-01T09:20:00.000Z",
         *         "from": "registration"
         *       },
         *       "exhausting_at": "2026-03-21T09:20:00.000Z",
         *       "attempts": [
         *         "2026-03-02T04:00:00.000Z"
         *       ],
         *       "hold": null,
         *       "decision": null,
         *       "refund_due": null,
         *       "due_at": "2026-03-02T04:04:00.000Z",
         *       "switch": "on",
         *       "policy": "provider:1",
         *       "next": {
         *         "action": "wait",
         *         "because": "attempt_open",
         *         "until": "2026-03-02T04:04:00.000Z",
         *         "reason": "An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt."
         *       },
         *       "held_back": {
         *         "action": "wait",
         *         "because": "attempt_open",
         *         "until": "2026-03-02T04:03:15.000Z",
         *         "reason": "An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt."
         *       }
         *     }
         */
        ProblemHeldBack: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            held_back: components["schemas"]["Decision"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 409;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:held-back";
        };
        /**
         * @description The request was not carried out; every fault is listed.
         * @example {
         *       "type": "urn:payscore-collector:problem:invalid-request",
         *       "title": "Request not valid",
         *       "status": 400,
         *       "detail": "The request was not carried out. Every fault is listed in errors.",
         *       "errors": [
         *         {
         *           "field": "service_id",
         *           "rule": "is not a service id: 1 to 32 digits"
         *         },
         *         {
         *           "field": "",
         *           "rule": "has fields that are not known here: service"
         *         }
         *       ]
         *     }
         */
        ProblemInvalidRequest: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            errors: components["schemas"]["Fault"][];
            /** @constant */
            status: 400;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:invalid-request";
        };
        /** @description The table was restored from a backup, and nobody has said yet what it does not know. */
        ProblemLedgerRestored: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:ledger-restored";
        };
        /** @description DynamoDB is out of reach. */
        ProblemLedgerUnavailable: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:ledger-unavailable";
        };
        /** @description The merchant’s secrets are not usable. */
        ProblemMerchantSecretInvalid: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            errors?: components["schemas"]["Fault"][];
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:merchant-secret-invalid";
        };
        /** @description No secrets exist for this merchant number. */
        ProblemMerchantUnknown: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            errors?: components["schemas"]["Fault"][];
            /** @constant */
            status: 404;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:merchant-unknown";
        };
        /** @description The path exists, this method of it does not. */
        ProblemMethodNotAllowed: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 405;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:method-not-allowed";
        };
        /** @description WeChat Pay was told and did not do it. */
        ProblemNotDone: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            operation: components["schemas"]["OperationMade"];
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            recorded: boolean;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 409;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:not-done";
            wechatpay: components["schemas"]["Evidence"];
        };
        /**
         * @description Nothing was changed: the order’s state forbids it.
         * @example {
         *       "type": "urn:payscore-collector:problem:not-possible",
         *       "title": "Not possible in this state",
         *       "status": 409,
         *       "detail": "Nothing was changed. The order was settled without a collection.",
         *       "because": "settled",
         *       "order": {
         *         "mchid": "1900009191",
         *         "sub_mchid": "1900000109",
         *         "out_order_no": "BIKE-1012",
         *         "service_id": "00004000000000000000000000000001"
         *       },
         *       "order_status": "settled",
         *       "standing": {
         *         "kind": "settled",
         *         "because": "paid_elsewhere",
         *         "meaning": "Done at WeChat Pay without a collection: paid through another channel, or nothing was due.",
         *         "as_of": "2026-03-02T06:05:00.000Z",
         *         "wechatpay": {
         *           "state": "DONE",
         *           "collection_state": "USER_PAID",
         *           "total_amount": 640,
         *           "paying_amount": 0,
         *           "paid_amount": 640
         *         }
         *       },
         *       "open_attempt": null,
         *       "open_operation": null,
         *       "registered_at": "2026-03-02T04:05:00.000Z",
         *       "completed": {
         *         "at": "2026-03-02T04:00:00.000Z",
         *         "from": "wechatpay"
         *       },
         *       "exhausting_at": "2026-03-22T04:00:00.000Z",
         *       "attempts": [
         *         "2026-03-02T04:05:00.000Z"
         *       ],
         *       "hold": null,
         *       "decision": {
         *         "at": "2026-03-02T06:05:00.000Z",
         *         "actor": "arn:aws:iam::000000000000:user/local",
         *         "reason": "Paid at the desk, receipt 88.",
         *         "operation": {
         *           "kind": "sync",
         *           "paid_at": "2026-03-02T05:00:00.000Z"
         *         }
         *       },
         *       "refund_due": null,
         *       "due_at": null,
         *       "switch": "on",
         *       "policy": "provider:1",
         *       "next": {
         *         "action": "stop",
         *         "because": "settled",
         *         "reason": "The order was settled without a collection."
         *       }
         *     }
         */
        ProblemNotPossible: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            /** @enum {string} */
            because: "pending" | "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "unrecognised" | "not_lower" | "record_full" | "decided_already" | "held_longer" | "not_held" | "not_named" | "refund_differs" | "refund_not_named" | "ended";
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 409;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:not-possible";
        };
        /** @description The decision is recorded, and nothing is collected here meanwhile; send it again. */
        ProblemNotTold: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 503;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:not-told";
            wechatpay?: components["schemas"]["Evidence"];
        };
        /** @description WeChat Pay says, unsigned, that the order does not exist. */
        ProblemOrderNotFound: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 404;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:order-not-found";
            wechatpay: components["schemas"]["Evidence"];
        };
        /** @description Nobody registered the order here. */
        ProblemOrderUnknown: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 404;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:order-unknown";
        };
        /** @description Too little time was left for a call; none was made. */
        ProblemOutOfTime: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:out-of-time";
        };
        /** @description Somebody else changed this level meanwhile. */
        ProblemPolicyChanged: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 409;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:policy-changed";
        };
        /** @description The row was written by a newer release, which will answer soon. */
        ProblemReleaseTooOld: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:release-too-old";
        };
        /** @description The person’s token does not name a role that may do this. */
        ProblemRoleMissing: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 403;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:role-missing";
        };
        /** @description No such path. */
        ProblemRouteNotFound: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            routes: ("GET /openapi.json" | "GET /v1/me" | "GET /v1/switch" | "PUT /v1/switch" | "GET /v1/merchants" | "GET /v1/merchants/{mchid}" | "GET /v1/merchants/{mchid}/overview" | "GET /v1/merchants/{mchid}/search" | "POST /v1/merchants/{mchid}/breakers/lift" | "GET /v1/merchants/{mchid}/switch" | "PUT /v1/merchants/{mchid}/switch" | "GET /v1/merchants/{mchid}/switch/{sub_mchid}" | "PUT /v1/merchants/{mchid}/switch/{sub_mchid}" | "GET /v1/merchants/{mchid}/policies" | "PUT /v1/merchants/{mchid}/policies" | "DELETE /v1/merchants/{mchid}/policies" | "GET /v1/merchants/{mchid}/policies/{sub_mchid}" | "PUT /v1/merchants/{mchid}/policies/{sub_mchid}" | "DELETE /v1/merchants/{mchid}/policies/{sub_mchid}" | "GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}" | "PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}" | "DELETE /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}" | "GET /v1/merchants/{mchid}/export/orders" | "GET /v1/merchants/{mchid}/export/attempts" | "POST /v1/merchants/{mchid}/events/republish" | "GET /v1/merchants/{mchid}/orders" | "POST /v1/merchants/{mchid}/orders/import" | "PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}" | "GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce" | "POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct")[];
            /** @constant */
            status: 404;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:route-not-found";
        };
        /** @description Secrets Manager is out of reach. */
        ProblemSecretsUnavailable: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 503;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:secrets-unavailable";
        };
        /** @description The ledger knows the order under another `service_id`. */
        ProblemServiceMismatch: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 409;
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:service-mismatch";
        };
        /** @description The body is not declared as JSON. */
        ProblemUnsupportedMediaType: {
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @constant */
            status: 415;
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:unsupported-media-type";
        };
        /** @description WeChat Pay refused the query. */
        ProblemWechatpayRefused: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 502;
            switch: components["schemas"]["Mode"];
            title: string;
            /** @constant */
            type: "urn:payscore-collector:problem:wechatpay-refused";
            wechatpay: components["schemas"]["Evidence"];
        };
        /** @description WeChat Pay asks for fewer requests. */
        ProblemWechatpayThrottled: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 503;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:wechatpay-throttled";
            wechatpay: components["schemas"]["Evidence"];
        };
        /** @description WeChat Pay gave no usable answer. */
        ProblemWechatpayUnavailable: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description What is wrong this time, and what to do. */
            detail: string;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            /** @constant */
            status: 503;
            switch: components["schemas"]["Mode"];
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "urn:payscore-collector:problem:wechatpay-unavailable";
            wechatpay: components["schemas"]["Evidence"];
        };
        /** @description Money that WeChat Pay took and the user should have back. Nothing here refunds: a person has to. */
        RefundDue: {
            amount: components["schemas"]["Fen"];
            /**
             * @description - `paid_twice`: The user had paid elsewhere, and WeChat Pay charged him all the same.
             *     - `charged_after_waiver`: The order was waived, and WeChat Pay charged the user all the same.
             *     - `charged_more_than_decided`: A lower amount was decided, and WeChat Pay charged the earlier one.
             *     - `overpaid`: More was paid than the order came to.
             * @enum {string}
             */
            because: "paid_twice" | "charged_after_waiver" | "charged_more_than_decided" | "overpaid";
            /** @description The same in a sentence. */
            reason: string;
        };
        Registered: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /**
             * @description `already`: nothing was changed.
             * @enum {string}
             */
            registration: "registered" | "changed" | "already";
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
        };
        Republished: {
            /** @description For the next page; `null` on the last one. */
            cursor: string | null;
            /** @description Published. */
            events: number;
            /** @description Orders that a newer release wrote. */
            left_out: number;
            /** @description Looked at. */
            orders: number;
        };
        /**
         * @description Payscore service number (服务ID).
         * @example 00004000000000159540000000000001
         */
        ServiceId: string;
        /** @description Where the order stands, by verified word of WeChat Pay. */
        Standing: {
            /** @description When WeChat Pay said so. */
            as_of: components["schemas"]["Time"];
            /** @description Of `settled` and `unrecognised`: why. */
            because?: string;
            /**
             * @description - `pending`: Completed and not wholly paid (待支付).
             *     - `paid`: Paid, verified by WeChat Pay (已支付).
             *     - `settled`: Done at WeChat Pay without a collection: paid through another channel, or nothing was due.
             *     - `cancelled`: Cancelled (已取消): nothing can be collected.
             *     - `expired`: Lapsed (已失效): nothing can be collected.
             *     - `not_completed`: Not completed yet (未完结): call complete (完结) before it can be collected.
             *     - `unrecognised`: WeChat Pay answered a combination of states that this release does not know. Nothing was concluded from it.
             * @enum {string}
             */
            kind: "pending" | "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "unrecognised";
            meaning: string;
            paid_amount?: components["schemas"]["Fen"];
            paying_amount?: components["schemas"]["Fen"];
            transaction_id?: string;
            /** @description The states and amounts as WeChat Pay gave them. */
            wechatpay: {
                collection_state?: string;
                paid_amount?: components["schemas"]["Fen"];
                paying_amount?: components["schemas"]["Fen"];
                state: string;
                state_description?: string;
                total_amount?: components["schemas"]["Fen"];
            };
        };
        /**
         * @description Merchant number of the sub-merchant (子商户号).
         * @example 1230000109
         */
        SubMchid: string;
        /** @description So many orders, and their money. */
        Sum: {
            /** @description In fen. */
            amount: number;
            orders: number;
        };
        Switch: {
            /**
             * @description The level that decided.
             * @enum {string}
             */
            from: "default" | "service" | "merchant" | "sub_merchant";
            /** @description What each level says. */
            levels: {
                merchant?: components["schemas"]["Mode"];
                service?: components["schemas"]["Mode"];
                sub_merchant?: components["schemas"]["Mode"];
            };
            /** @description What holds: the most careful of the levels. */
            mode: components["schemas"]["Mode"];
        };
        /**
         * Format: date-time
         * @description RFC 3339, UTC.
         */
        Time: string;
        TimelineEntry: {
            actor: components["schemas"]["Actor"];
            at: components["schemas"]["Time"];
            /** @description Of `unknown` and `not_sent`: why. */
            because?: string;
            /**
             * @description Of `contradicted`: what WeChat Pay says, unsigned, that the order is.
             * @enum {string}
             */
            claim?: "done" | "cancelled" | "not_found" | "not_pending";
            /** @description Of the call; a random UUID. */
            claim_id: string;
            /** @description Attempts in a row that burned nothing share one entry. */
            count: number;
            decided: components["schemas"]["Decided"];
            /** @constant */
            kind: "attempt";
            outcome: components["schemas"]["OutcomeKind"];
            /**
             * @description Of `misconfigured`: whose configuration.
             * @enum {string}
             */
            scope?: "merchant" | "pair";
            wechatpay: components["schemas"]["Evidence"];
        } | {
            actor: components["schemas"]["Actor"];
            at: components["schemas"]["Time"];
            /** @description Of `unknown` and `not_sent`: why. */
            because?: string;
            /**
             * @description Of `contradicted`: what WeChat Pay says, unsigned, that the order is.
             * @enum {string}
             */
            claim?: "done" | "cancelled" | "not_found" | "not_pending";
            /** @description Of the call; a random UUID. */
            claim_id: string;
            /** @constant */
            kind: "operation";
            operation: components["schemas"]["Operation"];
            outcome: components["schemas"]["OutcomeKind"];
            reason: string;
            /**
             * @description Of `misconfigured`: whose configuration.
             * @enum {string}
             */
            scope?: "merchant" | "pair";
            wechatpay: components["schemas"]["Evidence"];
        } | {
            /** @enum {string} */
            as: "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "not_paid" | "not_done" | "reduced";
            at: components["schemas"]["Time"];
            /** @description Of the call; a random UUID. */
            claim_id: string;
            /** @constant */
            kind: "closed";
        } | {
            at: components["schemas"]["Time"];
            /**
             * @description Absent: the answer to a query.
             * @constant
             */
            by?: "notification";
            /** @constant */
            kind: "observed";
            /** @enum {string} */
            standing: "pending" | "paid" | "settled" | "cancelled" | "expired" | "not_completed" | "unrecognised";
        } | {
            at: components["schemas"]["Time"];
            count: number;
            decided: components["schemas"]["Decided"];
            /** @constant */
            kind: "would_collect";
        } | {
            at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"];
            /** @constant */
            kind: "held";
        } | {
            actor: components["schemas"]["Actor"];
            at: components["schemas"]["Time"];
            /** @constant */
            kind: "released";
            reason: string;
            /** @description What was to be refunded, and has been dealt with. */
            refund_amount?: components["schemas"]["Fen"];
            /** @enum {string} */
            takes_back?: "sync" | "cancel" | "modify";
        } | {
            actor: components["schemas"]["Actor"];
            at: components["schemas"]["Time"];
            /** @constant */
            kind: "intended";
            operation: components["schemas"]["Operation"];
            reason: string;
        } | {
            actor: components["schemas"]["Actor"];
            at: components["schemas"]["Time"];
            /** @constant */
            kind: "corrected";
            reason: string;
        } | {
            at: components["schemas"]["Time"];
            /** @description So many older entries were let go when a full record was released. */
            count: number;
            /** @constant */
            kind: "folded";
            since: components["schemas"]["Time"];
        };
        Told: {
            /** @description When each call was made that may have reached WeChat Pay’s deduction. */
            attempts: components["schemas"]["Time"][];
            completed: components["schemas"]["Completed"];
            decision: components["schemas"]["DecisionByHand"] | null;
            /** @description When the schedule takes it up; `null` when nothing is left to ask. */
            due_at: components["schemas"]["Time"] | null;
            /** @description From then on the user should be told to pay by hand. */
            exhausting_at: components["schemas"]["Time"];
            hold: components["schemas"]["Hold"] | null;
            /** @description What the schedule does next. */
            next: components["schemas"]["Decision"];
            open_attempt: components["schemas"]["OpenAttempt"] | null;
            open_operation: components["schemas"]["OpenOperation"] | null;
            operation: components["schemas"]["OperationMade"];
            order: components["schemas"]["OrderRef"];
            order_status: components["schemas"]["OrderStatus"];
            /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
            policy: string;
            /** @description Whether the ledger holds the outcome. It is asked about either way. */
            recorded: boolean;
            refund_due: components["schemas"]["RefundDue"] | null;
            registered_at: components["schemas"]["Time"];
            /** @description `null` as long as nothing verified is known. */
            standing: components["schemas"]["Standing"] | null;
            switch: components["schemas"]["Mode"];
            wechatpay: components["schemas"]["Evidence"];
        };
    };
    responses: {
        /** @description - `wechatpay-refused`: WeChat Pay refused the query. */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemWechatpayRefused"];
            };
        };
        /** @description - `invalid-request`: The request was not carried out; every fault is listed. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemInvalidRequest"];
            };
        };
        /**
         * @description - `invalid-request`: The request was not carried out; every fault is listed.
         *     - `body-not-json`: The body is not JSON in UTF-8.
         */
        BadRequest2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemInvalidRequest"] | components["schemas"]["ProblemBodyNotJson"];
            };
        };
        /**
         * @description - `invalid-request`: The request was not carried out; every fault is listed.
         *     - `cursor-invalid`: The cursor was not given with a page of this very list.
         */
        BadRequest3: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemInvalidRequest"] | components["schemas"]["ProblemCursorInvalid"];
            };
        };
        /**
         * @description - `invalid-request`: The request was not carried out; every fault is listed.
         *     - `body-not-json`: The body is not JSON in UTF-8.
         *     - `cursor-invalid`: The cursor was not given with a page of this very list.
         */
        BadRequest4: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemInvalidRequest"] | components["schemas"]["ProblemBodyNotJson"] | components["schemas"]["ProblemCursorInvalid"];
            };
        };
        /** @description - `ledger-restored`: The table was restored from a backup, and nobody has said yet what it does not know. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemLedgerRestored"];
            };
        };
        /** @description - `policy-changed`: Somebody else changed this level meanwhile. */
        Conflict2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemPolicyChanged"];
            };
        };
        /** @description - `service-mismatch`: The ledger knows the order under another `service_id`. */
        Conflict3: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemServiceMismatch"];
            };
        };
        /**
         * @description - `service-mismatch`: The ledger knows the order under another `service_id`.
         *     - `held-back`: Nothing was sent: something forbids a collection now.
         */
        Conflict4: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemServiceMismatch"] | components["schemas"]["ProblemHeldBack"];
            };
        };
        /** @description - `not-possible`: Nothing was changed: the order’s state forbids it. */
        Conflict5: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemNotPossible"];
            };
        };
        /**
         * @description - `not-possible`: Nothing was changed: the order’s state forbids it.
         *     - `not-done`: WeChat Pay was told and did not do it.
         */
        Conflict6: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemNotPossible"] | components["schemas"]["ProblemNotDone"];
            };
        };
        /** @description - `events-off`: This deployment publishes no events. */
        Conflict7: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemEventsOff"];
            };
        };
        /** @description - `body-too-large`: The body is larger than is taken. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemBodyTooLarge"];
            };
        };
        /** @description The request is not signed, or not by one who may; or, below `/console`, the token does not name the role. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["ProblemRoleMissing"];
            };
        };
        /** @description A mistake in the service. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description - `method-not-allowed`: The path exists, this method of it does not. */
        MethodNotAllowed: {
            headers: {
                /** @description The methods that exist. */
                allow: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemMethodNotAllowed"];
            };
        };
        /** @description - `merchant-unknown`: No secrets exist for this merchant number. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemMerchantUnknown"];
            };
        };
        /** @description - `order-unknown`: Nobody registered the order here. */
        NotFound2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemOrderUnknown"];
            };
        };
        /**
         * @description - `merchant-unknown`: No secrets exist for this merchant number.
         *     - `order-not-found`: WeChat Pay says, unsigned, that the order does not exist.
         */
        NotFound3: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemMerchantUnknown"] | components["schemas"]["ProblemOrderNotFound"];
            };
        };
        /**
         * @description - `order-unknown`: Nobody registered the order here.
         *     - `merchant-unknown`: No secrets exist for this merchant number.
         */
        NotFound4: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemOrderUnknown"] | components["schemas"]["ProblemMerchantUnknown"];
            };
        };
        /**
         * @description - `order-unknown`: Nobody registered the order here.
         *     - `merchant-unknown`: No secrets exist for this merchant number.
         *     - `order-not-found`: WeChat Pay says, unsigned, that the order does not exist.
         */
        NotFound5: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemOrderUnknown"] | components["schemas"]["ProblemMerchantUnknown"] | components["schemas"]["ProblemOrderNotFound"];
            };
        };
        /** @description - `route-not-found`: No such path. */
        RouteNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemRouteNotFound"];
            };
        };
        /**
         * @description - `ledger-unavailable`: DynamoDB is out of reach.
         *     - `release-too-old`: The row was written by a newer release, which will answer soon.
         */
        ServiceUnavailable: {
            headers: {
                /** @description Seconds to wait before the request is made again. */
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["ProblemLedgerUnavailable"] | components["schemas"]["ProblemReleaseTooOld"];
            };
        };
        /**
         * @description - `merchant-secret-invalid`: The merchant’s secrets are not usable.
         *     - `secrets-unavailable`: Secrets Manager is out of reach.
         *     - `wechatpay-throttled`: WeChat Pay asks for fewer requests.
         *     - `wechatpay-unavailable`: WeChat Pay gave no usable answer.
         *     - `out-of-time`: Too little time was left for a call; none was made.
         *     - `ledger-unavailable`: DynamoDB is out of reach.
         *     - `release-too-old`: The row was written by a newer release, which will answer soon.
         */
        ServiceUnavailable2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["ProblemMerchantSecretInvalid"] | components["schemas"]["ProblemSecretsUnavailable"] | components["schemas"]["ProblemWechatpayThrottled"] | components["schemas"]["ProblemWechatpayUnavailable"] | components["schemas"]["ProblemOutOfTime"] | components["schemas"]["ProblemLedgerUnavailable"] | components["schemas"]["ProblemReleaseTooOld"];
            };
        };
        /**
         * @description - `not-told`: The decision is recorded, and nothing is collected here meanwhile; send it again.
         *     - `merchant-secret-invalid`: The merchant’s secrets are not usable.
         *     - `secrets-unavailable`: Secrets Manager is out of reach.
         *     - `ledger-unavailable`: DynamoDB is out of reach.
         *     - `release-too-old`: The row was written by a newer release, which will answer soon.
         */
        ServiceUnavailable3: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["ProblemNotTold"] | components["schemas"]["ProblemMerchantSecretInvalid"] | components["schemas"]["ProblemSecretsUnavailable"] | components["schemas"]["ProblemLedgerUnavailable"] | components["schemas"]["ProblemReleaseTooOld"];
            };
        };
        /**
         * @description - `events-unavailable`: EventBridge did not take every event; send the same request again.
         *     - `ledger-unavailable`: DynamoDB is out of reach.
         *     - `release-too-old`: The row was written by a newer release, which will answer soon.
         */
        ServiceUnavailable4: {
            headers: {
                /** @description Seconds to wait before the request is made again. */
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["ProblemEventsUnavailable"] | components["schemas"]["ProblemLedgerUnavailable"] | components["schemas"]["ProblemReleaseTooOld"];
            };
        };
        /** @description More requests than the stage lets through. */
        TooManyRequests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description Below `/console`: no token, or none that is valid. */
        Unauthorised: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description - `unsupported-media-type`: The body is not declared as JSON. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemUnsupportedMediaType"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    receiveNotification: {
        parameters: {
            query?: never;
            header: {
                /** @description Part of what is signed. */
                "Wechatpay-Nonce": string;
                /** @description Which key it is signed with. */
                "Wechatpay-Serial": string;
                /** @description Of timestamp, nonce and body. */
                "Wechatpay-Signature": string;
                /** @description Epoch seconds; not older than 5 minutes, or it only makes a query due. */
                "Wechatpay-Timestamp": string;
            };
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Notification"];
            };
        };
        responses: {
            /**
             * @description - What it says is in the ledger.
             *     - The ledger knows that already, or something later; nothing was written.
             *     - By itself it proves nothing about now; the schedule asks WeChat Pay about the order at once.
             *     - The order is registered under another service_id: kept, and WeChat Pay is asked.
             *     - Nobody registered the order: kept.
             *     - Not about a payment: kept.
             */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - The notification is not of the documented form.
             *     - The order is not of the merchant that the address names.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
            /** @description - The signature does not prove that WeChat Pay sent this, lately. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
            /** @description - The address names no merchant of this service. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
            /** @description - The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            /** @description - The resource does not decrypt under the APIv3 key held here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
            /**
             * @description - Something behind is out of reach; send it again.
             *     - It took too long; send it again.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationFailed"];
                };
            };
        };
    };
    showDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An OpenAPI 3.1 document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        info: {
                            [key: string]: unknown;
                        };
                        openapi: string;
                        paths: {
                            [key: string]: unknown;
                        };
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
        };
    };
    showCaller: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Caller"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
        };
    };
    listMerchants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The merchants. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        merchants: {
                            mchid: components["schemas"]["Mchid"];
                        }[];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showMerchant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The merchant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Merchant"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    liftBreaker: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Whose breaker; without it the merchant’s. */
                    pair?: {
                        service_id: components["schemas"]["ServiceId"];
                        sub_mchid: components["schemas"]["SubMchid"];
                    };
                };
            };
        };
        responses: {
            /** @description Done, or there was none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Whether there was one. */
                        lifted: boolean;
                    };
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    republishEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description From the page before; without it the first page. */
                    cursor?: string;
                    /** Format: date-time */
                    since: string;
                    /**
                     * Format: date-time
                     * @description Not included; without it, to this day.
                     */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description EventBridge took every event of the page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Republished"];
                };
            };
            400: components["responses"]["BadRequest4"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict7"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable4"];
        };
    };
    exportAttempts: {
        parameters: {
            query: {
                /** @description From the page before: its header `x-next-cursor`. */
                cursor?: string;
                from: string;
                sub_mchid?: components["schemas"]["SubMchid"];
                to: string;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. The pages one after the other are the file: only the first begins with a byte order mark and the column names. */
            200: {
                headers: {
                    /** @description The next page (`rel="next"`, RFC 8288); absent on the last one. */
                    link?: string;
                    /** @description For the next page; absent on the last one. */
                    "x-next-cursor"?: string;
                    /** @description Orders that a newer release wrote and this one cannot read. */
                    "x-rows-left-out"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest3"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    exportOrders: {
        parameters: {
            query: {
                /** @description From the page before: its header `x-next-cursor`. */
                cursor?: string;
                from: string;
                status?: "active" | "watched" | "refund_due" | "paid" | "settled" | "cancelled" | "expired";
                sub_mchid?: components["schemas"]["SubMchid"];
                to: string;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. The pages one after the other are the file: only the first begins with a byte order mark and the column names. */
            200: {
                headers: {
                    /** @description The next page (`rel="next"`, RFC 8288); absent on the last one. */
                    link?: string;
                    /** @description For the next page; absent on the last one. */
                    "x-next-cursor"?: string;
                    /** @description Orders that a newer release wrote and this one cannot read. */
                    "x-rows-left-out"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest3"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description From the page before; without it the first page. */
                cursor?: string;
                /** @description Orders on a page; 50 when nothing is said. */
                limit?: number;
                status?: "active" | "watched" | "refund_due" | "paid" | "settled" | "cancelled" | "expired";
                sub_mchid?: components["schemas"]["SubMchid"];
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For the next page; `null` on the last one. */
                        cursor: string | null;
                        orders: components["schemas"]["ListedOrder"][];
                    };
                };
            };
            400: components["responses"]["BadRequest3"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showOrder: {
        parameters: {
            query?: {
                /** @description Decides for another time than now. */
                at?: string;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description When each call was made that may have reached WeChat Pay’s deduction. */
                        attempts: components["schemas"]["Time"][];
                        completed: components["schemas"]["Completed"];
                        decision: components["schemas"]["DecisionByHand"] | null;
                        /** @description When the schedule takes it up; `null` when nothing is left to ask. */
                        due_at: components["schemas"]["Time"] | null;
                        /** @description From then on the user should be told to pay by hand. */
                        exhausting_at: components["schemas"]["Time"];
                        hold: components["schemas"]["Hold"] | null;
                        /** @description What the schedule does next. */
                        next: components["schemas"]["Decision"];
                        open_attempt: components["schemas"]["OpenAttempt"] | null;
                        open_operation: components["schemas"]["OpenOperation"] | null;
                        order: components["schemas"]["OrderRef"];
                        order_status: components["schemas"]["OrderStatus"];
                        /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
                        policy: string;
                        refund_due: components["schemas"]["RefundDue"] | null;
                        registered_at: components["schemas"]["Time"];
                        /** @description `null` as long as nothing verified is known. */
                        standing: components["schemas"]["Standing"] | null;
                        switch: components["schemas"]["Mode"];
                        timeline: components["schemas"]["TimelineEntry"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound2"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    registerOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description When the service was completed (完结), at most a day ahead and two years behind. Without it WeChat Pay’s `time_range.end_time` counts, else the registration.
                     */
                    completed_at?: string;
                    service_id: components["schemas"]["ServiceId"];
                    total_amount?: components["schemas"]["Fen"];
                };
            };
        };
        responses: {
            /** @description It was there already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description Registered. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict3"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    collectOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Says what would be done, and does nothing. */
                    dry_run?: boolean;
                    service_id: components["schemas"]["ServiceId"];
                    /** @description The user agreed to be charged now, outside the window; `reason` says how that is known. It lifts the window and the time before the first attempt, and nothing else. */
                    user_consent?: {
                        reason: string;
                    };
                };
            };
        };
        responses: {
            /** @description The attempt is over, or what a dry run came to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collected"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The call was made and money may still move; `next.until` says when a query can decide. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collected"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound3"];
            409: components["responses"]["Conflict4"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable2"];
        };
    };
    correctOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description WeChat Pay answered, and its signature is valid. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Corrected"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound5"];
            409: components["responses"]["Conflict5"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable2"];
        };
    };
    holdOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /**
                     * Format: date-time
                     * @description Without it until somebody releases the order.
                     */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderNow"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound2"];
            409: components["responses"]["Conflict5"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queryOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    service_id: components["schemas"]["ServiceId"];
                };
            };
        };
        responses: {
            /** @description WeChat Pay answered, and its signature is valid. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description When each call was made that may have reached WeChat Pay’s deduction. */
                        attempts: components["schemas"]["Time"][];
                        completed: components["schemas"]["Completed"];
                        decision: components["schemas"]["DecisionByHand"] | null;
                        /** @description When the schedule takes it up; `null` when nothing is left to ask. */
                        due_at: components["schemas"]["Time"] | null;
                        /** @description From then on the user should be told to pay by hand. */
                        exhausting_at: components["schemas"]["Time"];
                        hold: components["schemas"]["Hold"] | null;
                        /** @description What the schedule does next. */
                        next: components["schemas"]["Decision"];
                        open_attempt: components["schemas"]["OpenAttempt"] | null;
                        open_operation: components["schemas"]["OpenOperation"] | null;
                        order: components["schemas"]["OrderRef"];
                        order_status: components["schemas"]["OrderStatus"];
                        /** @description The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`. */
                        policy: string;
                        refund_due: components["schemas"]["RefundDue"] | null;
                        /** @description Whether the order is in the ledger. */
                        registered: boolean;
                        registered_at: components["schemas"]["Time"];
                        /** @description `null` as long as nothing verified is known. */
                        standing: components["schemas"]["Standing"] | null;
                        switch: components["schemas"]["Mode"];
                        wechatpay: components["schemas"]["Evidence"];
                    };
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound3"];
            409: components["responses"]["Conflict3"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable2"];
        };
    };
    reduceOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    total_amount: components["schemas"]["Fen"];
                    /** @description What the user is shown, in one line; something polite when nothing is said. */
                    user_reason?: string;
                };
            };
        };
        responses: {
            /** @description WeChat Pay did it, verified by a query. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            /** @description WeChat Pay was told; `next.until` says when a query can decide. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound4"];
            409: components["responses"]["Conflict6"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable3"];
        };
    };
    releaseOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @description The amount in fen that `refund_due` shows and somebody has dealt with; another one, or one that was dealt with before, is refused. */
                    refund_amount?: number;
                    /**
                     * @description The decision that is taken back; another one stays in force.
                     * @enum {string}
                     */
                    takes_back?: "settle" | "waive" | "reduce";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderNow"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound2"];
            409: components["responses"]["Conflict5"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    settleOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    paid_at: string;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description WeChat Pay did it, verified by a query. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            /** @description WeChat Pay was told; `next.until` says when a query can decide. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound4"];
            409: components["responses"]["Conflict6"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable3"];
        };
    };
    waiveOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                out_order_no: components["schemas"]["OutOrderNo"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @description What the user is shown, in one line; something polite when nothing is said. */
                    user_reason?: string;
                };
            };
        };
        responses: {
            /** @description WeChat Pay did it, verified by a query. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            /** @description WeChat Pay was told; `next.until` says when a query can decide. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Told"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound4"];
            409: components["responses"]["Conflict6"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable3"];
        };
    };
    importOrders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Only says what would be done. */
                    dry_run?: boolean;
                    /** @description 1 to 100 rows. Each is judged by itself; the fields of a good one are `sub_mchid`, `out_order_no`, `service_id`, `total_amount`, `completed_at`, `mchid`, and `row`, the caller’s own number for it. */
                    rows: {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Every row in its order, with what became of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showOverview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overview; before the first, only that there is none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"] | components["schemas"]["NoOverview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showMerchantPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setMerchantPolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PolicyLayer"];
            };
        };
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    removeMerchantPolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showSubMerchantPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setSubMerchantPolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PolicyLayer"];
            };
        };
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    removeSubMerchantPolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showSubMerchantServicePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                service_id: components["schemas"]["ServiceId"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setSubMerchantServicePolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                service_id: components["schemas"]["ServiceId"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PolicyLayer"];
            };
        };
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    removeSubMerchantServicePolicy: {
        parameters: {
            query?: {
                /** @description Shows what the change would do, and does nothing. */
                dry_run?: "true" | "false";
                /** @description Refuses the change when somebody else has changed this level since. */
                version?: number;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                service_id: components["schemas"]["ServiceId"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy, and what changes by it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyChanged"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict2"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    searchOrders: {
        parameters: {
            query?: {
                out_order_no?: components["schemas"]["OutOrderNo"];
                /** @description WeChat Pay’s number of a payment (微信支付订单号). */
                transaction_id?: string;
            };
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found, which may be nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        orders: components["schemas"]["ListedOrder"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showMerchantSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The switch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setMerchantSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mode: "off" | "observe" | "on" | "inherit";
                };
            };
        };
        responses: {
            /** @description The switch as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showSubMerchantSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The switch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setSubMerchantSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mchid: components["schemas"]["Mchid"];
                sub_mchid: components["schemas"]["SubMchid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mode: "off" | "observe" | "on" | "inherit";
                };
            };
        };
        responses: {
            /** @description The switch as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    showServiceSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The switch. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    setServiceSwitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mode: "off" | "observe" | "on" | "inherit";
                };
            };
        };
        responses: {
            /** @description The switch as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switch"];
                };
            };
            400: components["responses"]["BadRequest2"];
            401: components["responses"]["Unauthorised"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
