/* ---
what = "Customers as they are inside: how often they order, when they drop out, where they live, what they like, at which order they do what."
grain = ["world", "customer_no"]
[columns]
world = "text | world"
customer_no = "int | customer"
begins = "rate | time of the first order, days of the shop's clock; negative before the world begins"
pace = "rate | orders a day while active"
loyal = "rate | standardised log pace: what sends customers into actions too"
n_life = "int | orders until they drop out"
begins_no = "int | day of the first order, where it lies in the world"
first_sku_no = "int | SKU on the first line of the first order"
bought_by = "rate | discount that the first order was bought with, 0 for others"
region_no = "int | region"
postcode_no = "int | postcode, 25 to a region"
home_no = "int | nearest store"
leaning = "rate | which channel they like, 0 to 1"
device_leaning = "rate | which device"
size_factor = "rate | basket size relative to others"
taste = "rate | where they stand among tastes"
return_habit = "rate | how readily they send back, relative"
asking = "rate | how readily they ask service, relative"
vouchers = "rate | chance of using a voucher"
responding = "rate | how strongly actions work on them"
member = "bool | joins the loyalty scheme sooner or later"
opted_in = "bool | may be written to"
guest = "bool | orders as a guest"
channel_no = "int | where the first visit came from"
keyword_no = "int | keyword of the first visit, where it came from one"
page_no = "int | page of the first visit"
app_from = "int | first order after the app was installed"
joined_from = "int | first order after joining the loyalty scheme"
subscribed_from = "int | first order after a subscription began"
wished_from = "int | first order after a wishlist"
letter_from = "int | first order after joining the newsletter"
referred_from = "int | first order after a referral"
credit_from = "int | first order after a credit account"
collected_from = "int | first order after one collected in store"
reviewed_from = "int | first order after a review"
--- */
WITH drawn AS (
  SELECT c.world,
         c.customer_no,
         X_UNIFORM('people.begins', c.customer_no) * 1.5 * $n_days - 0.5 * $n_days AS begins,
         (-LN(X_UNIFORM('people.pace', c.customer_no)) + 0.5 * POWER(X_NORMAL('people.pace.half', c.customer_no), 2)) / 1.5 AS gamma,
         LN(1 - X_UNIFORM('people.dropout', c.customer_no)) / $dropout_b AS stay,
         X_DRAW(2000, 'people.region', c.customer_no) AS region_slot,
         X_DRAW(2000, 'people.channel', c.customer_no) AS channel_slot
  FROM casting AS c
),
came AS (
  SELECT d.world, d.customer_no, d.begins, d.gamma, d.stay, d.region_slot, cw.member_no AS channel_no,
         CASE WHEN cw.member_no = 0 THEN kw.member_no END AS keyword_no,
         c.day_no AS begins_no,
         sw.sku_no AS first_sku_no
  FROM drawn AS d
  LEFT JOIN clock AS c ON c.slot = FLOOR(d.begins * 8)
  LEFT JOIN days AS e ON e.day_no = c.day_no
  LEFT JOIN sku_wheel AS sw ON sw.month_no = e.month_no
    AND sw.slot = CASE WHEN X_UNIFORM('line.tasteful', d.customer_no * 256, 1) < $taste_share
      THEN FLOOR($n_slots * MOD(X_UNIFORM('people.taste', d.customer_no) + 0.05 * X_UNIFORM('line.taste', d.customer_no * 256, 1), 1.0))
      ELSE X_DRAW($n_slots, 'line.slot', d.customer_no * 256, 1) END
  INNER JOIN wheels AS cw ON cw.wheel = 'first' AND cw.slot = d.channel_slot
  INNER JOIN wheels AS kw ON kw.wheel = 'keyword' AND kw.slot = X_DRAW(2000, 'people.keyword', d.customer_no)
),
-- What somebody came for decides how long they stay: first products, keywords and offers that bring better or worse customers.
lived AS (
  SELECT c.world, c.customer_no, c.begins, c.region_slot, c.channel_no, c.keyword_no, c.begins_no, c.first_sku_no,
         GREATEST(c.gamma, 0.01) / $mean_gap_days * CASE WHEN kl.problem <> c.world THEN 1 + kl.strength ELSE 1 END
           * CASE WHEN gl.problem <> c.world THEN 1 + gl.strength ELSE 1 END AS pace,
         LEAST(GREATEST((LN(GREATEST(c.gamma, 0.01)) + 0.39) / 0.94, -3), 2) AS loyal,
         CASE WHEN ml.problem <> c.world OR cl.problem <> c.world THEN 1 ELSE
           LEAST(1 + FLOOR(LN(X_UNIFORM('people.life', c.customer_no)) / LEAST(c.stay, -0.000001)
                           * CASE WHEN kl.problem <> c.world THEN 1 + kl.strength ELSE 1 END
                           * CASE WHEN gl.problem <> c.world THEN 1 + gl.strength ELSE 1 END), 120) END AS n_life,
         CASE WHEN ml.problem <> c.world THEN ml.strength ELSE 0 END AS bought_by
  FROM came AS c
  LEFT JOIN levers AS kl ON kl.family = 'keyword' AND kl.lever = 'rich' AND kl.member_no = c.keyword_no
  LEFT JOIN levers AS gl ON gl.family = 'gateway' AND gl.member_no = c.first_sku_no AND c.begins_no >= gl.starts_no
  LEFT JOIN levers AS ml ON ml.family = 'month' AND c.begins_no >= ml.starts_no AND c.begins_no <= ml.ends_no
    AND X_UNIFORM('people.bought', c.customer_no) < 0.6
  LEFT JOIN levers AS cl ON cl.family = 'first_channel' AND cl.member_no = c.channel_no AND c.begins_no >= cl.starts_no
    AND X_UNIFORM('people.once', c.customer_no) < cl.strength
  WHERE ml.problem IS NULL OR ml.problem <> c.world
)
SELECT l.world,
       l.customer_no,
       l.begins,
       l.pace,
       l.loyal,
       l.n_life,
       l.begins_no,
       l.first_sku_no,
       l.bought_by,
       rw.member_no AS region_no,
       rw.member_no * 25 + X_DRAW(25, 'people.postcode', l.customer_no) AS postcode_no,
       2 + MOD(rw.member_no + 8 * X_DRAW(9, 'people.home', l.customer_no), $n_stores) AS home_no,
       X_UNIFORM('people.leaning', l.customer_no) AS leaning,
       X_UNIFORM('people.device', l.customer_no) AS device_leaning,
       EXP(0.3 * X_NORMAL('people.size', l.customer_no)) AS size_factor,
       X_UNIFORM('people.taste', l.customer_no) AS taste,
       EXP(0.4 * X_NORMAL('people.returning', l.customer_no) - 0.08) AS return_habit,
       EXP(0.5 * X_NORMAL('people.asking', l.customer_no) - 0.125) AS asking,
       $voucher_share * -LN(X_UNIFORM('people.vouchers', l.customer_no)) AS vouchers,
       0.5 + X_UNIFORM('people.responding', l.customer_no) AS responding,
       X_UNIFORM('people.member', l.customer_no) < $loyalty_share AS member,
       X_UNIFORM('people.opted', l.customer_no) < $opt_in_share AS opted_in,
       X_UNIFORM('people.guest', l.customer_no) < $guest_share AND l.n_life = 1 AS guest,
       l.channel_no,
       l.keyword_no,
       COALESCE(k.page_no, pw.member_no) AS page_no,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.app_installed', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.app_installed_base - a.app_installed_slope * l.loyal)))), 9999) AS app_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.loyalty_joined', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.loyalty_joined_base - a.loyalty_joined_slope * l.loyal)))), 9999) AS joined_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.subscription_started', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.subscription_started_base - a.subscription_started_slope * l.loyal)))), 9999) AS subscribed_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.wishlist_created', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.wishlist_created_base - a.wishlist_created_slope * l.loyal)))), 9999) AS wished_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.newsletter_joined', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.newsletter_joined_base - a.newsletter_joined_slope * l.loyal)))), 9999) AS letter_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.referral_made', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.referral_made_base - a.referral_made_slope * l.loyal)))), 9999) AS referred_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.credit_account_opened', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.credit_account_opened_base - a.credit_account_opened_slope * l.loyal)))), 9999) AS credit_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.click_and_collect_used', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.click_and_collect_used_base - a.click_and_collect_used_slope * l.loyal)))), 9999) AS collected_from,
       LEAST(1 + FLOOR(LN(X_UNIFORM('act.review_written', l.customer_no)) / LN(1 - X_DIV(1, 1 + EXP(-a.review_written_base - a.review_written_slope * l.loyal)))), 9999) AS reviewed_from
FROM lived AS l
CROSS JOIN action_chances AS a
INNER JOIN wheels AS rw ON rw.wheel = 'region' AND rw.slot = l.region_slot
INNER JOIN wheels AS pw ON pw.wheel = 'page' AND pw.slot = X_DRAW(2000, 'people.page', l.customer_no)
LEFT JOIN keywords AS k ON k.keyword_no = l.keyword_no
