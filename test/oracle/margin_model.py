# margin_model.py: the account layer of three margin models, from docs/method alone.  SPDX-License-Identifier: Apache-2.0
"""A second implementation of models `portfolio`, `tiered` and `dynamic`, to compare the library with to the last unit.

Written from docs/method and the public headers, in unbounded integers and exact fractions, rounded where a page says so.
It knows nothing of 128-bit products, sorting, workspaces or overflow.

World, portfolio and answer are the objects that test/oracle/dump.c writes.
"""
import dataclasses
import math
from fractions import Fraction

PPM = 1_000_000
E8, E12 = 10**8, 10**12
ROOT_TWO_E12 = math.isqrt(2 * E12 * E12) + 1
YEAR_NS, DAY_NS, MINUTE_NS = 31_536_000 * 10**9, 86_400 * 10**9, 60 * 10**9
OPTION = 4
INVERSE = 2
PREMIUM_PAID = 1
DOMAIN_ANY = 2
SCENARIO = 2
BUY, SELL = 1, 2
UP, DOWN, UP_FAR, DOWN_FAR, VOL_UP, VOL_DOWN, DELTA, PROBES = 0, 1, 2, 3, 4, 5, 6, 7
CHARGES = ("close_fee", "liquidation_fee", "oracle", "liquidity", "spread", "gamma", "vega", "basis", "rounding",
           "no_history", "orders", "slow_price", "buffer")
ORDER_ROUNDING_MICROS = 4
TAIL_MAX = 64
KNOT_FIRST, KNOT_COUNT = -24, 37


def ceil(value):
    return math.ceil(value)


def floor(value):
    return math.floor(value)


def away(value):
    """Away from zero."""
    return ceil(value) if value > 0 else floor(value)


def of(amount, ppm):
    """amount * ppm / 1e6, exact."""
    return Fraction(amount * ppm, PPM)


def sqrt_ceil(value):
    """The least integer whose square is at least `value` (a fraction)."""
    whole = math.isqrt(value.numerator // value.denominator)
    return whole if whole * whole >= value else whole + 1


def sigma_horizon(volatility, horizon):
    """Annual volatility in ppm over a horizon in ns: the root in ppm up, the product up."""
    root = sqrt_ceil(Fraction(horizon * PPM * PPM, YEAR_NS))
    return ceil(of(volatility, root))


def apportion(numerators, divisor, total):
    """Hamilton's method: floors, then one unit each to the largest remainders, of equals to the lowest index."""
    shares = [n // divisor for n in numerators]
    order = sorted(range(len(shares)), key=lambda i: (-(numerators[i] % divisor), i))
    rest = total - sum(shares)
    assert 0 <= rest <= len(shares)
    for i in order[:rest]:
        shares[i] += 1
    return shares


@dataclasses.dataclass
class Position:
    instrument: int
    lots: int
    cost: int
    accrued: int


@dataclasses.dataclass
class Order:
    instrument: int
    lots: int  # signed, clipped
    limit: int
    index: int


class World:
    """Listing and market: what one quantity is worth."""

    def __init__(self, world):
        self.__dict__.update(world)

    def base_price(self, u):
        """What relative moves are relative to."""
        of_u = self.underlyings[u]
        return of_u["reference"] if of_u["domain"] == DOMAIN_ANY else self.prices[u]["price"]

    def is_option(self, i):
        return self.instruments[i]["kind"] == OPTION

    def is_premium_paid(self, i):
        return self.is_option(i) and self.instruments[i]["premium"] == PREMIUM_PAID

    def is_inverse(self, i):
        return self.instruments[i]["settlement"] == INVERSE

    def price_unit(self, i):
        return self.underlyings[self.instruments[i]["underlying"]]["price_unit"]

    def index(self, i):
        return self.prices[self.instruments[i]["underlying"]]["price"]

    def unit(self, asset):
        return 10 ** self.assets[asset]["decimals"]

    def asset_price(self, asset):
        """(price e8, price unit) of one unit of an asset."""
        u = self.assets[asset]["underlying"]
        return (E8, 1) if u < 0 else (self.prices[u]["price"], self.underlyings[u]["price_unit"])

    def price_high(self, asset):
        """The higher of now and slow, plus the confidence."""
        u = self.assets[asset]["underlying"]
        return E8 if u < 0 else max(self.prices[u]["price"], self.prices[u]["slow"]) + self.prices[u]["confidence"]

    def atoms_value(self, asset, atoms, price):
        """Exact micros of atoms at a price e8."""
        _, unit = self.asset_price(asset)
        return Fraction(atoms * price * PPM, self.unit(asset) * E8 * unit)

    def to_valuation(self, asset, amount, rounding):
        """Micros of an asset in micros of the valuation currency."""
        if self.assets[asset]["underlying"] < 0:
            return amount
        price, unit = self.asset_price(asset)
        return rounding(Fraction(amount * price, E8 * unit))

    def linear(self, i, amount):
        """lots x price_e8 in micros of the settlement asset, exact."""
        return Fraction(amount * self.instruments[i]["lot"] * PPM, E8 * E8 * self.price_unit(i))

    def coin(self, i, lots, price):
        """Inverse futures: lots * N / price in 1e-12 coin, exact."""
        return Fraction(lots * self.instruments[i]["lot"] * self.price_unit(i) * 10**12, price)

    def coin_value(self, i, coin):
        """1e-12 coin at the index in micros, exact."""
        return Fraction(coin * self.index(i) * PPM, 10**12 * E8 * self.price_unit(i))

    def notional_at(self, i, lots, price):
        """|lots| at a price of the underlying, in valuation micros, up."""
        lot = self.instruments[i]["lot"]
        if self.is_inverse(i) and not self.is_option(i):
            return ceil(Fraction(abs(lots) * lot * PPM, E8))
        u = self.underlyings[self.instruments[i]["underlying"]]
        price = max(abs(price), u["reference"]) if u["domain"] == DOMAIN_ANY else abs(price)
        amount = ceil(self.linear(i, abs(lots) * price))
        return amount if self.is_inverse(i) else self.to_valuation(self.instruments[i]["asset"], amount * self.sign(i), ceil)

    def sign(self, i):
        """-1 where the instrument settles in an asset that is worth less than nothing."""
        asset = self.instruments[i]["asset"]
        below = not self.is_inverse(i) and self.assets[asset]["underlying"] >= 0 and self.asset_price(asset)[0] < 0
        return -1 if below else 1

    def notional(self, i, lots):
        """Options at the index, everything else at the mark."""
        return self.notional_at(i, lots, self.index(i) if self.is_option(i) else self.marks[i][0])

    def value(self, i, lots, price, rounding):
        """Signed lots at a price in the instrument's own quotation, in valuation micros."""
        if not self.is_inverse(i):
            return self.to_valuation(self.instruments[i]["asset"], rounding(self.linear(i, lots * price)), rounding)
        return rounding(self.linear(i, lots * price) * Fraction(self.index(i), E8 * self.price_unit(i)))

    def premium_atoms(self, i, lots, price):
        """What a fill takes out of the settlement asset, up."""
        if not self.is_premium_paid(i):
            return 0
        asset = self.instruments[i]["asset"]
        return ceil(self.linear(i, lots * price) * self.unit(asset) / PPM)

    def profit(self, i, lots, cost):
        """Futures-style profit, down: linear in micros of the settlement asset, inverse in valuation micros."""
        mark = self.marks[i][0]
        if self.is_inverse(i):
            return floor(self.coin_value(i, cost - ceil(self.coin(i, lots, mark))))
        return floor(self.linear(i, lots * mark - cost))

    def delta_one(self, i, lots):
        """Signed exposure at the base price, away from zero; 0 for options."""
        if self.is_option(i):
            return 0
        if self.is_inverse(i):
            return away(Fraction(lots * self.instruments[i]["lot"] * PPM, E8))
        amount = away(self.linear(i, lots * self.base_price(self.instruments[i]["underlying"])))
        return self.to_valuation(self.instruments[i]["asset"], amount, away)


class Account:
    """A portfolio after its changes: positions, clipped orders, balances, all by index of the evaluated portfolio."""

    def __init__(self, world, case):
        self.world = world
        self.positions = [Position(p["instrument"], p["lots"], p["cost"], p["accrued"]) for p in case["positions"]]
        self.listed = [dict(order) for order in case["orders"]]
        self.balances = [list(balance) for balance in case["balances"]]
        for change in case["changes"]:
            if "trade" in change:
                self.trade(change["trade"])
            elif "order" in change:
                self.listed.append(change["order"])
            else:
                self.pay(change["transfer"][0], -change["transfer"][1])
        self.orders = self.clip()
        self.lines = sorted({p.instrument for p in self.positions} | {o.instrument for o in self.orders})
        self.held = {p.instrument: p for p in self.positions}

    def pay(self, asset, atoms):
        if atoms == 0:
            return
        for balance in self.balances:
            if balance[0] == asset:
                balance[1] -= atoms
                return
        self.balances.append([asset, -atoms])

    def trade(self, trade):
        i, lots, price = trade["instrument"], trade["lots"], trade["price"]
        world = self.world
        position = next((p for p in self.positions if p.instrument == i), None)
        if position is None:
            position = Position(i, 0, 0, 0)
            self.positions.append(position)
        position.lots += lots
        if world.is_premium_paid(i):
            self.pay(world.instruments[i]["asset"], world.premium_atoms(i, lots, price))
        elif world.is_inverse(i) and not world.is_option(i):
            position.cost += floor(world.coin(i, lots, price))
        else:
            position.cost += lots * price
        if trade["fee"] > 0:
            cash = next(a for a, asset in enumerate(world.assets) if asset["underlying"] < 0)
            self.pay(cash, ceil(Fraction(trade["fee"] * world.unit(cash), PPM)))

    def clip(self):
        """Reduce-only orders of one side and instrument together close at most the position, in the order of the list."""
        orders, left = [], {}
        for position in self.positions:
            left[position.instrument, BUY] = max(0, -position.lots)
            left[position.instrument, SELL] = max(0, position.lots)
        for index, order in enumerate(self.listed):
            lots = order["lots"]
            if order["reduce_only"]:
                key = order["instrument"], order["side"]
                lots = min(lots, left.get(key, 0))
                left[key] = left.get(key, 0) - lots
            orders.append(Order(order["instrument"], lots if order["side"] == BUY else -lots, order["limit"], index))
        return orders

    def lots(self, i):
        return self.held[i].lots if i in self.held else 0

    def buys(self, i):
        return sum(o.lots for o in self.orders if o.instrument == i and o.lots > 0)

    def sells(self, i):
        return sum(-o.lots for o in self.orders if o.instrument == i and o.lots < 0)

    def worst_lots(self, i, has_orders):
        if not has_orders:
            return abs(self.lots(i))
        return max(abs(self.lots(i) + self.buys(i)), abs(self.lots(i) - self.sells(i)))

    def underlyings(self):
        """Those of lines, and of scenario-treated balances."""
        found = {self.world.instruments[i]["underlying"] for i in self.lines}
        found |= {self.world.assets[a]["underlying"] for a, _ in self.balances
                  if self.world.assets[a]["treatment"] == SCENARIO and self.world.assets[a]["underlying"] >= 0}
        return sorted(found)


# --- Equity (equity-and-collateral.md) --------------------------------------------------------------------------------


class Equity:
    def __init__(self, account, parameters, is_scenario_covered):
        self.account, self.world, self.parameters = account, account.world, parameters
        self.is_covered = is_scenario_covered
        world = self.world
        self.option_value = sum(world.value(p.instrument, p.lots, world.marks[p.instrument][0], floor)
                                for p in account.positions if world.is_premium_paid(p.instrument))
        self.nets = self.profits()
        sums = {}
        for is_initial in (False, True):
            collateral = liabilities = 0
            for asset, atoms in account.balances:
                if atoms >= 0:
                    collateral += self.counted(asset, atoms, is_initial)
                else:
                    liabilities += self.owed(asset, -atoms, is_initial)
            gain = parameters["gain_initial" if is_initial else "gain_maintenance"]
            sums[is_initial] = collateral, liabilities, self.unrealised(gain, {})
        self.collateral, self.liabilities, self.unrealised_maintenance = sums[False]
        adjustments = {u: self.adjustment(u, self.net_delta_one(u)) for u in self.underlyings()}
        adjusted = self.unrealised(parameters["gain_initial"], adjustments)
        self.slow_price = sum(adjustments.values())  # before gains are weighted
        self.maintenance = self.collateral - self.liabilities + self.option_value + self.unrealised_maintenance
        self.initial = min(sums[True][0] - sums[True][1] + self.option_value + adjusted, self.maintenance)
        self.slow_orders = sum(self.slow_of_orders(u, adjustments[u]) for u in self.underlyings())

    def underlyings(self):
        return self.account.underlyings()

    def is_scenario(self, asset):
        return self.is_covered and self.world.assets[asset]["treatment"] == SCENARIO

    def haircut(self, asset, tier):
        u = self.world.assets[asset]["underlying"]
        if u < 0 or self.is_scenario(asset):
            return tier
        sigma = sigma_horizon(self.world.prices[u]["volatility"], self.parameters["haircut_horizon"])
        cut = tier + ceil(of(sigma, self.parameters["haircut_sigma"]))
        return min(cut, max(tier, self.parameters["haircut_cap"]))

    def band(self, asset, is_initial):
        """(low - c, high + c)."""
        u = self.world.assets[asset]["underlying"]
        if u < 0:
            return E8, E8
        price = self.world.prices[u]
        now, slow, c = price["price"], price["slow"], price["confidence"]
        if not is_initial or self.is_scenario(asset):
            slow = now
        return max(0, min(now, slow) - c), max(now, slow) + c

    def counted(self, asset, atoms, is_initial):
        low, _ = self.band(asset, is_initial)
        value = floor(self.world.atoms_value(asset, atoms, low))
        total = begin = 0
        tiers = self.world.assets[asset]["tiers"]
        for number, (upto, tier) in enumerate(tiers, 1):
            upto = value if number == len(tiers) else min(value, upto)  # the last tier has no end
            total += floor(of(upto - begin, PPM - self.haircut(asset, tier)))
            begin = upto
        return total

    def owed(self, asset, atoms, is_initial):
        _, high = self.band(asset, is_initial)
        value = ceil(self.world.atoms_value(asset, atoms, high))
        return ceil(of(value, PPM + self.world.assets[asset]["liability"]))

    def profits(self):
        """{underlying: {(asset, inverse): net}}: profits are netted, then converted, then accruals are added."""
        profits, accrued, nets = {}, {}, {}
        for p in self.account.positions:
            i = p.instrument
            of_i = self.world.instruments[i]
            key = of_i["underlying"], of_i["asset"], of_i["settlement"]
            gain = 0 if self.world.is_premium_paid(i) else self.world.profit(i, p.lots, p.cost)
            profits[key] = profits.get(key, 0) + gain
            accrued[key] = accrued.get(key, 0) + p.accrued
        for (u, asset, settlement), profit in profits.items():
            if settlement != INVERSE:
                profit = self.world.to_valuation(asset, profit, floor)
            nets.setdefault(u, {})[asset, settlement] = profit + accrued[u, asset, settlement]
        return nets

    def unrealised_of(self, u, gain, adjustment):
        nets = self.nets.get(u, {}).values()
        gains = sum(net for net in nets if net > 0) - adjustment
        losses = sum(net for net in nets if net < 0)
        return losses + (floor(of(gains, gain)) if gains > 0 else gains)

    def unrealised(self, gain, adjustments):
        return sum(self.unrealised_of(u, gain, adjustments.get(u, 0)) for u in self.underlyings())

    def coins(self, u):
        """Value at the base price of the scenario-treated balances on an underlying."""
        return sum(floor(self.world.atoms_value(a, atoms, self.world.base_price(u)))
                   for a, atoms in self.account.balances
                   if self.is_scenario(a) and self.world.assets[a]["underlying"] == u)

    def lines_of(self, u):
        return [i for i in self.account.lines if self.world.instruments[i]["underlying"] == u]

    def net_delta_one(self, u):
        return self.coins(u) + sum(self.world.delta_one(i, self.account.lots(i)) for i in self.lines_of(u))

    def adjustment(self, u, net):
        price, base = self.world.prices[u], self.world.base_price(u)
        fall = price["price"] - price["slow"]
        distance = max(0, fall) if net > 0 else max(0, -fall)
        return ceil(Fraction(abs(net) * distance, base))

    def slow_of_orders(self, u, adjustment):
        """How far U falls where fills leave the lowest and the highest net delta-one exposure."""
        low = high = self.coins(u)
        for i in self.lines_of(u):
            lots = self.account.lots(i)
            held = self.world.delta_one(i, lots)
            low += held + self.world.delta_one(i, -self.account.sells(i))
            high += held + self.world.delta_one(i, self.account.buys(i))
        gain = self.parameters["gain_initial"]
        worst = max(self.adjustment(u, low), self.adjustment(u, high), adjustment)
        return self.unrealised_of(u, gain, adjustment) - self.unrealised_of(u, gain, worst)

    def haircut_worst(self, asset):
        """The largest share of value a flow in an asset can lose on conversion."""
        of_asset = self.world.assets[asset]
        if of_asset["underlying"] < 0:
            return max(of_asset["tiers"][-1][1], of_asset["liability"])
        worst = max(self.haircut(asset, of_asset["tiers"][-1][1]), of_asset["liability"])
        price = self.world.prices[of_asset["underlying"]]
        apart = abs(price["price"] - price["slow"]) + price["confidence"]
        return worst + min(PPM, ceil(Fraction(apart * (PPM + of_asset["liability"]), price["price"])))


def order_costs(account, equity, fee):
    """open-orders.md, entry cost: of all lots listed, clipped or not."""
    world, total = account.world, 0
    for order in account.orders:
        i, lots = order.instrument, account.listed[order.index]["lots"]
        mark = world.marks[i][0]
        is_buy = account.listed[order.index]["side"] == BUY
        sign = world.sign(i)
        worse = (order.limit - mark if is_buy else mark - order.limit) * sign
        if worse > 0:
            if world.is_inverse(i) and not world.is_option(i):
                low, high = sorted((mark, order.limit))
                coin = ceil(world.coin(i, lots, low)) - floor(world.coin(i, lots, high))
                total += ceil(world.coin_value(i, coin))
            else:
                premium_paid = world.is_premium_paid(i)
                amount = ceil(world.linear(i, sign * lots * worse)) if premium_paid else sign * ceil(world.linear(i, lots * worse))
                total += world.value(i, lots, worse, ceil) if world.is_inverse(i) else \
                    world.to_valuation(world.instruments[i]["asset"], amount, ceil)
        if world.is_premium_paid(i):
            asset = world.instruments[i]["asset"]
            premium = world.value(i, lots, max(order.limit, mark), ceil)
            total += max(0, ceil(of(premium, equity.haircut_worst(asset))))
            total += max(0, lots * ceil(world.atoms_value(asset, 1, world.price_high(asset))))
        at = world.index(i) if world.is_option(i) else max(abs(order.limit), abs(mark))
        total += ceil(of(world.notional_at(i, lots, at), fee))
        total += lots * ORDER_ROUNDING_MICROS
    return total


# --- Liquidity (liquidity-charge.md) ----------------------------------------------------------------------------------


def impact(size, volume, rate):
    """The chord table at `size`: knots up to a micro, roots up to 1e-12, costs up, the chord up."""
    low = cost_low = 0
    for j in range(KNOT_FIRST, KNOT_FIRST + KNOT_COUNT):
        high = ceil(volume * Fraction(2) ** j)
        root = ceil((ROOT_TWO_E12 if j % 2 else E12) * Fraction(2) ** (j // 2))
        cost_high = ceil(Fraction(high * root * rate, PPM * E12))
        if size <= high or j == KNOT_FIRST + KNOT_COUNT - 1:
            rise = 0 if high == low else ceil(Fraction((cost_high - cost_low) * (size - low), high - low))
            return cost_low + rise
        low, cost_low = high, cost_high


# --- Core (portfolio-margin.md) ---------------------------------------------------------------------------------------


class Arrays:
    """What positions, orders and balances gain under the entries of one table."""

    def __init__(self, account, table, has_orders):
        self.account, self.world, self.header = account, account.world, table["header"]
        self.rows, self.has_orders = table["rows"], has_orders
        h = self.header
        self.stress = h["grid"] + h["planes"] * h["history"]
        self.probes = self.stress + h["stress"]

    def is_expiring(self, i):
        expiry = self.world.instruments[i]["expiry"]
        return expiry != 0 and expiry - self.world.time <= self.header["horizon"]

    def position(self, p, s):
        return p.lots * self.rows[p.instrument][s]

    def asset_row(self, asset):
        return self.rows[len(self.world.instruments) + asset]

    def premium(self, order, s):
        """The coins of an order's premium, where they are in the scenarios."""
        asset = self.world.instruments[order.instrument]["asset"]
        if self.world.assets[asset]["treatment"] != SCENARIO:
            return 0
        atoms = self.world.premium_atoms(order.instrument, order.lots, order.limit)
        return floor(Fraction(-atoms * self.asset_row(asset)[s], self.world.unit(asset)))

    def order(self, order, s):
        return order.lots * self.rows[order.instrument][s] + self.premium(order, s)

    def balance(self, asset, atoms, s):
        of_asset = self.world.assets[asset]
        if of_asset["treatment"] != SCENARIO or of_asset["underlying"] < 0:
            return 0
        return floor(Fraction(atoms * self.asset_row(asset)[s], self.world.unit(asset)))

    def of(self, u, without_expiring=False):
        """(positions, orders, balances) of one underlying."""
        account, world = self.account, self.world
        keep = lambda i: world.instruments[i]["underlying"] == u and not (without_expiring and self.is_expiring(i))
        return ([p for p in account.positions if keep(p.instrument)],
                [o for o in account.orders if self.has_orders and keep(o.instrument)],
                [b for b in account.balances if world.assets[b[0]]["underlying"] == u])

    def sum(self, parts, s):
        positions, orders, balances = parts
        return (sum(self.position(p, s) for p in positions) + sum(min(0, self.order(o, s)) for o in orders)
                + sum(self.balance(a, atoms, s) for a, atoms in balances))


@dataclasses.dataclass
class Core:
    branch: str = "none"
    core: int = 0
    no_history: int = 0
    tail: int = 0
    grid: int = 0
    grid_sum: int = 0
    stress: int = 0
    grid_loss: dict = dataclasses.field(default_factory=dict)  # underlying: (loss, entry or None)
    grid_underlying: int = -1
    tail_list: list = dataclasses.field(default_factory=list)  # (loss, entry), worst first
    stress_entry: int = -1
    is_without_expiring: bool = False


def short_minimum(arrays, positions, orders, rate, has_orders):
    """{instrument: minimum of what is short}."""
    account, world, minimum = arrays.account, arrays.world, {}
    for i in {p.instrument for p in positions} | {o.instrument for o in orders}:
        short = -account.lots(i) + (account.sells(i) if has_orders else 0)
        if world.is_option(i) and short > 0:
            minimum[i] = ceil(of(world.notional(i, short), rate))
    return minimum


def make_core(arrays, parameters, without_expiring):
    header, core = arrays.header, Core(is_without_expiring=without_expiring)
    joint = [0] * (arrays.probes - header["grid"])
    for u in arrays.account.underlyings():
        parts = arrays.of(u, without_expiring)
        sums = [arrays.sum(parts, s) for s in range(header["grid_active"][u])]
        worst = min(range(len(sums)), key=lambda s: sums[s])
        least = sum(short_minimum(arrays, *parts[:2], parameters["short_option_minimum"], arrays.has_orders).values())
        loss = max(0, -sums[worst], least)
        core.grid_loss[u] = loss, (worst if -sums[worst] == loss and loss > 0 else None)
        if not header["has_history"][u]:
            core.no_history += loss
            continue
        core.grid_sum += loss
        if loss > core.grid:
            core.grid, core.grid_underlying = loss, u
        for s in range(len(joint)):
            joint[s] += arrays.sum(parts, header["grid"] + s)
    make_tail(core, header, parameters, joint)
    stress = [(-joint[s - header["grid"]], s) for s in range(arrays.stress, arrays.probes)]
    if stress:
        core.stress, core.stress_entry = max(stress, key=lambda pair: (pair[0], -pair[1]))
        core.stress = max(0, core.stress)
    terms = {"tail": core.tail, "grid": core.grid, "offset floor": ceil(of(core.grid_sum, parameters["offset_floor"])),
             "stress": ceil(of(core.stress, parameters["stress_weight"]))}
    core.core = max(0, *terms.values())
    if core.core > 0:
        core.branch = next(name for name, value in terms.items() if value == core.core)
    return core


def make_tail(core, header, parameters, joint):
    n = header["history"]
    if n == 0 or header["planes"] == 0:
        return
    k = max(1, ceil(Fraction(n * (PPM - parameters["confidence"]), PPM)))
    measure = parameters["measure"]
    if measure == 3:
        k = 1
    best = 0
    for plane in range(header["planes"]):
        begin = plane * n
        losses = sorted(((-joint[begin + s], header["grid"] + begin + s) for s in range(n)),
                        key=lambda pair: (-pair[0], pair[1]))[:k]
        value = losses[-1][0] if measure == 2 else ceil(Fraction(sum(loss for loss, _ in losses), k))
        if plane == 0 or value > best:
            best, core.tail_list = max(0, value), losses
    core.tail = best


def worst_core(arrays, parameters):
    core = make_core(arrays, parameters, False)
    if any(arrays.is_expiring(i) for i in arrays.account.lines):
        other = make_core(arrays, parameters, True)
        if other.core + other.no_history > core.core + core.no_history:
            core = other
    return core


# --- Charges ----------------------------------------------------------------------------------------------------------


def line_fee(world, i, lots, rate, cap):
    fee = ceil(of(world.notional(i, lots), rate))
    if cap is None or not world.is_option(i):
        return fee
    most = ceil(of(world.value(i, lots, world.marks[i][0], ceil), cap))
    return min(fee, max(most, ceil(Fraction(fee, 10))))


def impact_rate(world, u, parameters, has_crowding):
    """rate = c * sigma of a day * (1 + crowding), and the volume."""
    market = world.prices[u]
    volume = market["volume"] or parameters["volume_standard"]
    rate = ceil(of(sigma_horizon(market["volatility"], DAY_NS), parameters["impact"]))
    if has_crowding:
        crowding = ceil(Fraction(parameters["crowding"] * market["open_interest"], volume))
        rate = ceil(of(rate, PPM + min(parameters["crowding_max"], crowding)))
    return rate, volume


def portfolio_charges(arrays, parameters, equity):
    account, world, has_orders = arrays.account, arrays.world, arrays.has_orders
    charges = dict.fromkeys(CHARGES, 0)
    for i in account.lines:
        lots = account.worst_lots(i, has_orders)
        cap = parameters["option_fee_cap"]
        charges["close_fee"] += line_fee(world, i, lots, parameters["close_fee"], cap)
        charges["liquidation_fee"] += line_fee(world, i, lots, parameters["liquidation_fee"], cap)
        if world.is_option(i):
            half = world.value(i, lots, world.marks[i][1], ceil)
            charges["spread"] += max(ceil(of(half, parameters["spread_weight"])),
                                     ceil(of(world.notional(i, lots), parameters["spread_minimum"])))
    for u in account.underlyings():
        add_underlying(charges, arrays, u, parameters)
    charges["rounding"] = ceil(Fraction(rounding_lots(arrays), 2))
    if has_orders:
        charges["orders"] = order_costs(account, equity, parameters["close_fee"])
    return charges


def rounding_lots(arrays):
    account, world = arrays.account, arrays.world
    total = sum(account.worst_lots(i, arrays.has_orders) for i in account.lines)
    for asset, atoms in account.balances:
        if world.assets[asset]["treatment"] == SCENARIO and atoms != 0:
            total += abs(atoms) // world.unit(asset) + 3
    for order in account.orders if arrays.has_orders else []:
        asset = world.instruments[order.instrument]["asset"]
        atoms = world.premium_atoms(order.instrument, order.lots, order.limit)
        if world.assets[asset]["treatment"] == SCENARIO and atoms != 0:
            total += abs(atoms) // world.unit(asset) + 3
    return total


def add_underlying(charges, arrays, u, parameters):
    world = arrays.world
    positions, orders, balances = parts = arrays.of(u)
    at = lambda probe: arrays.probes + probe
    held = lambda probe: arrays.sum((positions, [], balances), at(probe))
    low = high = held(DELTA)
    for order in orders:
        gain = arrays.order(order, at(DELTA))
        low, high = low + min(0, gain), high + max(0, gain)
    delta = max(abs(low), abs(high))

    market = world.prices[u]
    age = min(max(0, world.time - market["publish"]), parameters["oracle_age_max"])
    rate = (ceil(Fraction(parameters["oracle_confidence"] * market["confidence"], world.base_price(u)))
            + ceil(Fraction(parameters["oracle_age"] * age, MINUTE_NS)))
    charges["oracle"] += ceil(of(delta, rate))
    rate, volume = impact_rate(world, u, parameters, True)
    charges["liquidity"] += impact(delta, volume, rate)

    e, beyond = Fraction(arrays.header["probe_multiple"], PPM), 0
    for near, far in ((UP, UP_FAR), (DOWN, DOWN_FAR)):
        side = e * held(near) - held(far)
        side += sum(max(0, e * arrays.order(o, at(near)) - arrays.order(o, at(far))) for o in orders)
        beyond = max(beyond, ceil(side))
    charges["gamma"] += ceil(of(beyond, parameters["gamma_weight"]))
    vega = max(0, *(-arrays.sum(parts, at(probe)) for probe in (VOL_UP, VOL_DOWN)))
    charges["vega"] += ceil(of(vega, parameters["vega_weight"]))
    charges["basis"] += basis(arrays, parts, parameters["basis"])


def basis(arrays, parts, rate):
    """Cash deltas summed expiry by expiry, each order where it adds; coins, spot and perpetuals are one bucket."""
    positions, orders, balances = parts
    expiry = lambda i: arrays.world.instruments[i]["expiry"]
    s, held, up, down = arrays.probes + DELTA, {0: 0}, {}, {}
    for p in positions:
        held[expiry(p.instrument)] = held.get(expiry(p.instrument), 0) + arrays.position(p, s)
    for asset, atoms in balances:
        held[0] += arrays.balance(asset, atoms, s)
    for order in orders:
        flows = ((expiry(order.instrument), order.lots * arrays.rows[order.instrument][s]),
                 (0, arrays.premium(order, s)))
        for bucket, flow in flows:
            held.setdefault(bucket, 0)
            up[bucket] = up.get(bucket, 0) + max(0, flow)
            down[bucket] = down.get(bucket, 0) + min(0, flow)
    long = sum(max(0, held[b] + up.get(b, 0)) for b in held)
    short = sum(max(0, -held[b] - down.get(b, 0)) for b in held)
    return ceil(of(min(long, short), rate))


# --- Fractions (tiered-and-dynamic.md) --------------------------------------------------------------------------------


def fraction_line(world, i, lots, parameters, is_dynamic, is_initial):
    """R(q)."""
    kind = "initial" if is_initial else "maintenance"
    u = world.instruments[i]["underlying"]
    notional, extra = world.notional(i, lots), 0
    if world.is_option(i) and lots > 0:
        return world.value(i, lots, world.marks[i][0], ceil)
    if is_dynamic:
        rate, volume = impact_rate(world, u, parameters, False)
        extra = impact(notional, volume, rate)
    ends = [parameters[f"tier{t}_upto"] for t in (1, 2, 3)] + [None]
    total = begin = 0
    for t, end in enumerate(ends, 1):
        f = parameters[f"tier{t}_{kind}"]
        if is_dynamic:
            f = dynamic_fraction(world, u, f, parameters, is_initial)
        upto = notional if end is None else min(notional, end)
        total += ceil(of(upto - begin, f))
        begin = upto
    return total + extra


def dynamic_fraction(world, u, f, parameters, is_initial):
    market = world.prices[u]
    z = parameters["dynamic_sigma_initial" if is_initial else "dynamic_sigma_maintenance"]
    sigma = sigma_horizon(market["volatility"], parameters["dynamic_horizon"])
    f = min(PPM, max(f, ceil(of(sigma, z))))
    if is_initial:
        f += ceil(of(PPM - f, crowd_weight(market, parameters)))
    return f


def crowd_weight(market, parameters):
    """w in ppm, up: 0 to 1 as open interest over depth goes from lower to upper."""
    depth = market["depth"] or parameters["volume_standard"]
    lower, upper = parameters["open_interest_lower"], parameters["open_interest_upper"]
    over = ceil(Fraction(market["open_interest"] * PPM, depth))
    if over <= lower:
        return 0
    return PPM if over >= upper else ceil(Fraction((over - lower) * PPM, upper - lower))


def fraction_core(account, parameters, is_dynamic, has_orders):
    """(core, {instrument: (R of what is held, R if sells fill, worst R)})."""
    lines = {}
    for i in account.lines:
        need = lambda lots: fraction_line(account.world, i, lots, parameters, is_dynamic, has_orders)
        held = sold = worst = need(account.lots(i))
        if has_orders:
            sold = need(account.lots(i) - account.sells(i))
            worst = max(held, sold, need(account.lots(i) + account.buys(i)))
        lines[i] = held, sold, worst
    return sum(worst for _, _, worst in lines.values()), lines


def fraction_charges(account, parameters, equity, has_orders):
    charges = dict.fromkeys(CHARGES, 0)
    for i in account.lines:
        lots = account.worst_lots(i, has_orders)
        charges["close_fee"] += line_fee(account.world, i, lots, parameters["close_fee"], None)
        charges["liquidation_fee"] += line_fee(account.world, i, lots, parameters["liquidation_fee"], None)
    if has_orders:
        charges["orders"] = order_costs(account, equity, parameters["close_fee"])
    return charges


# --- Contributions (reason.md) ----------------------------------------------------------------------------------------


class Shares:
    """Numerators of positions, orders and balances on the binding branch."""

    def __init__(self, arrays, core):
        self.arrays, self.account, self.core = arrays, arrays.account, core
        self.world = arrays.world

    def is_in(self, i):
        return not (self.core.is_without_expiring and self.arrays.is_expiring(i))

    def on_entries(self, entries_of):
        """Losses summed over entries_of(underlying)."""
        arrays, world = self.arrays, self.world
        of_line = lambda i: entries_of(world.instruments[i]["underlying"]) if self.is_in(i) else []
        positions = [-sum(arrays.position(p, s) for s in of_line(p.instrument)) for p in self.account.positions]
        orders = [-sum(min(0, arrays.order(o, s)) for s in of_line(o.instrument)) if arrays.has_orders else 0
                  for o in self.account.orders]
        balances = [-sum(arrays.balance(a, atoms, s) for s in entries_of(world.assets[a]["underlying"]))
                    if world.assets[a]["underlying"] >= 0 else 0 for a, atoms in self.account.balances]
        return positions + orders + balances

    def minimum(self, underlyings, rate):
        """What each short option needs alone; what open orders add, on the first that sells it."""
        arrays, account, world = self.arrays, self.account, self.world
        needs = [0] * (len(account.positions) + len(account.orders) + len(account.balances))
        for u in underlyings:
            parts = arrays.of(u, self.core.is_without_expiring)
            held = short_minimum(arrays, *parts[:2], rate, False)
            for i, need in short_minimum(arrays, *parts[:2], rate, arrays.has_orders).items():
                if i in held:
                    needs[next(n for n, p in enumerate(account.positions) if p.instrument == i)] += held[i]
                if need > held.get(i, 0):
                    first = next(o.index for o in account.orders if o.instrument == i and o.lots < 0)
                    needs[len(account.positions) + first] += need - held.get(i, 0)
        return needs

    def grid(self, underlyings, rate):
        entry = {u: self.core.grid_loss[u][1] for u in underlyings}
        scanned = self.on_entries(lambda u: [] if entry.get(u) is None else [entry[u]])
        least = self.minimum([u for u in underlyings if entry[u] is None], rate)
        return [a + b for a, b in zip(scanned, least)]

    def make(self, parameters):
        core, has_history = self.core, self.arrays.header["has_history"]
        joint = [u for u in self.account.underlyings() if has_history[u]]
        rate = parameters["short_option_minimum"]
        if core.branch == "none":
            return [0] * len(self.on_entries(lambda u: []))
        if core.branch == "grid":
            return apportion(self.grid([core.grid_underlying], rate), 1, core.core)
        if core.branch == "offset floor":
            numerators = [parameters["offset_floor"] * n for n in self.grid(joint, rate)]
            return apportion(numerators, PPM, core.core)
        if core.branch == "stress":
            losses = self.on_entries(lambda u: [core.stress_entry] if u in joint else [])
            return apportion([parameters["stress_weight"] * n for n in losses], PPM, core.core)
        tail = core.tail_list[-1:] if parameters["measure"] == 2 else core.tail_list
        losses = self.on_entries(lambda u: [s for _, s in tail] if u in joint else [])
        return apportion(losses, len(tail), core.core)


# --- Requirement ------------------------------------------------------------------------------------------------------


def conclude(parameters, equity, cores, charges, filled):
    """cores and charges: (maintenance, initial); filled: maintenance of the worst fills."""
    maintenance = cores[0] + sum(charges[0].values())
    plain = cores[1] + sum(charges[1].values())
    buffered = (ceil(of(max(maintenance, filled), PPM + parameters["entry_buffer"]))
                + charges[1]["orders"] + charges[1]["slow_price"])
    charges[1]["buffer"] = max(0, buffered - plain)
    initial = max(buffered, plain)
    call = ceil(of(maintenance, PPM + parameters["call_buffer"]))
    if equity.maintenance < maintenance:
        health = "liquidatable"
    elif equity.maintenance < call:
        health = "called"
    else:
        health = "restricted" if equity.initial < initial else "healthy"
    return {"initial": initial, "maintenance": maintenance, "call": call, "equity_initial": equity.initial,
            "equity_maintenance": equity.maintenance, "health": health, "collateral": equity.collateral,
            "liabilities": equity.liabilities, "option_value": equity.option_value,
            "unrealised": equity.unrealised_maintenance, "slow_price": equity.slow_price}


def part(account, core, shares, charges, is_value_at_risk=False):
    """The fields of one reason part."""
    count, orders = len(account.positions), len(account.listed)
    grid = core.grid_loss.get(core.grid_underlying, (0, None))[1] if core.branch == "grid" else None
    scenario, tail = -1, core.tail_list
    if core.branch == "grid":
        scenario = -1 if grid is None else grid
    elif core.branch == "stress":
        scenario = core.stress_entry
    elif core.branch == "tail":
        scenario = tail[-1 if is_value_at_risk else 0][1]
    return {"branch": core.branch, "is_without_expiring": core.is_without_expiring,
            "underlying": core.grid_underlying if core.branch == "grid" else -1, "scenario": scenario,
            "tail_count": len(tail), "core": core.core, "tail": core.tail, "grid": core.grid,
            "grid_sum": core.grid_sum, "stress": core.stress,
            "tail_entries": [s for _, s in tail[:TAIL_MAX]], "tail_losses": [loss for loss, _ in tail[:TAIL_MAX]],
            "charges": [charges[name] for name in CHARGES], "positions": shares[:count],
            "orders": shares[count:count + orders], "balances": shares[count + orders:]}


def require_portfolio(account, world, parameters):
    equity = Equity(account, parameters, True)
    runs = [(world.maintenance_arrays, False), (world.maintenance_arrays, True), (world.initial_arrays, True)]
    made = []
    for table, has_orders in runs:
        arrays = Arrays(account, table, has_orders)
        core = worst_core(arrays, parameters)
        charges = portfolio_charges(arrays, parameters, equity)
        charges["no_history"] = core.no_history
        made.append((arrays, core, charges))
    filled = made[1][1].core + sum(v for name, v in made[1][2].items() if name not in ("orders", "slow_price"))
    made[2][2]["slow_price"] = equity.slow_orders
    answer = conclude(parameters, equity, [made[0][1].core, made[2][1].core], [made[0][2], made[2][2]], filled)
    for name, (arrays, core, charges) in (("maintenance_part", made[0]), ("initial_part", made[2])):
        answer[name] = part(account, core, Shares(arrays, core).make(parameters), charges,
                            parameters["measure"] == 2)
    return answer


def fraction_shares(account, lines, has_orders):
    shares = [lines[p.instrument][0] for p in account.positions]
    orders = [0] * len(account.orders)
    for i, (held, sold, worst) in lines.items():
        if worst > held:
            is_sold = sold == worst
            first = next(o.index for o in account.orders if o.instrument == i and (o.lots < 0 if is_sold else o.lots > 0))
            orders[first] += worst - held
    return shares + orders + [0] * len(account.balances)


def require_fractions(account, world, parameters, is_dynamic):
    equity = Equity(account, parameters, False)
    cores, charges, parts = [], [], []
    for has_orders in (False, True):
        core, lines = fraction_core(account, parameters, is_dynamic, has_orders)
        cores.append(core)
        charges.append(fraction_charges(account, parameters, equity, has_orders))
        parts.append((Core("fraction" if core > 0 else "none", core), fraction_shares(account, lines, has_orders)))
    worst = 0
    for i in account.lines:
        need = lambda lots: fraction_line(world, i, lots, parameters, is_dynamic, False)
        worst += max(need(account.lots(i)), need(account.lots(i) + account.buys(i)),
                     need(account.lots(i) - account.sells(i)))
    filled = worst + charges[1]["close_fee"] + charges[1]["liquidation_fee"]
    charges[1]["slow_price"] = equity.slow_orders
    answer = conclude(parameters, equity, cores, charges, filled)
    for name, (core, shares), charge in zip(("maintenance_part", "initial_part"), parts, charges):
        answer[name] = part(account, core, shares, charge)
    return answer


def record(fields):
    """Parameters without the unit at the end of their names."""
    endings = ("_ppm", "_ns", "_micros")
    return {name[:-len(next((e for e in endings if name.endswith(e)), ""))] if name.endswith(endings) else name: value
            for name, value in fields.items()}


def require(world, case):
    """The answer of the model named in `case`."""
    account = Account(world, case)
    if case["model"] == "portfolio":
        answer = require_portfolio(account, world, record(world.portfolio))
    else:
        answer = require_fractions(account, world, record(world.tiered), case["model"] == "dynamic")
    answer["evaluated"] = {
        "positions": [{"instrument": p.instrument, "lots": p.lots, "accrued": p.accrued, "cost": p.cost}
                      for p in account.positions],
        "orders": account.listed, "balances": account.balances}
    return answer
