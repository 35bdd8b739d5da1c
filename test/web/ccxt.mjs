// ccxt.mjs: the published ccxt client against a demonstration venue.                 SPDX-License-Identifier: Apache-2.0
// usage: node ccxt.mjs BASE-URL; ccxt is found beside this file or by NODE_PATH.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const entry = createRequire(import.meta.url).resolve('ccxt');
const ccxt = (await import(pathToFileURL(entry).href)).default;
const exchange = new ccxt.deribit({ apiKey: 'demo', secret: 'demonstration-only', enableRateLimit: false });
exchange.urls.api.rest = process.argv[2];
const perpetual = 'BTC/USD:USD';

async function until(what, look) {
    for (const end = Date.now() + 30000; ;) {
        const seen = await look().catch(() => undefined);
        if (seen) { return seen; }
        assert(Date.now() < end, what);
    }
}

await until('an account', () => exchange.fetchBalance());
await exchange.loadMarkets();
const market = exchange.market(perpetual);
assert(market.swap && market.linear && market.contractSize === 1);
const ticker = await until('a price', async () => (await exchange.fetchTicker(perpetual)).bid && exchange.fetchTicker(perpetual));
assert(ticker.bid < ticker.ask && ticker.indexPrice > 0);
const book = await exchange.fetchOrderBook(perpetual, 5);
assert.strictEqual(book.bids.length, 5);
assert(book.bids[0][0] < book.asks[0][0]);

const option = Object.values(exchange.markets).find((each) => each.option && each.base === 'BTC' && each.optionType === 'call');
const greeks = await until('Greeks', async () => (await exchange.fetchGreeks(option.symbol)).delta && exchange.fetchGreeks(option.symbol));
assert(greeks.delta > 0 && greeks.delta <= 1 && greeks.gamma >= 0 && greeks.vega >= 0 && greeks.theta <= 0);

const before = await exchange.fetchBalance();
assert(before.USD.total > 0 && before.USD.free > 0);
const resting = await until('an order', () => exchange.createOrder(perpetual, 'limit', 'buy', 0.01, Math.round(ticker.bid * 0.8)));
assert.strictEqual(resting.status, 'open');
assert((await exchange.fetchOpenOrders(perpetual)).some((order) => order.id === resting.id));
const edited = await exchange.editOrder(resting.id, perpetual, 'limit', 'buy', 0.02, Math.round(ticker.bid * 0.7));
assert.deepStrictEqual([edited.id, edited.status, edited.amount], [resting.id, 'open', 0.02]);
assert.strictEqual((await exchange.cancelOrder(resting.id)).status, 'canceled');
assert(!(await exchange.fetchOpenOrders(perpetual)).some((order) => order.id === resting.id));

const taken = await exchange.createOrder(perpetual, 'market', 'buy', 0.5);
const filled = await until('a fill', async () => (await exchange.fetchOrder(taken.id)).status === 'closed' && exchange.fetchOrder(taken.id));
assert.strictEqual(filled.filled, 0.5);
const trades = await exchange.fetchMyTrades(perpetual);
assert(trades.length > 0 && trades.every((trade) => trade.order === taken.id && trade.side === 'buy' && trade.takerOrMaker === 'taker'));
const [position] = await exchange.fetchPositions([perpetual]);
assert.strictEqual(position.side, 'long');
assert.strictEqual(position.contracts, 0.5);
assert(position.initialMargin > position.maintenanceMargin && position.maintenanceMargin > 0);
assert((await exchange.fetchBalance()).USD.used > 0);

await assert.rejects(exchange.createOrder(perpetual, 'limit', 'buy', 5000, Math.round(ticker.bid)), ccxt.InsufficientFunds);
await assert.rejects(exchange.cancelOrder('BTC-999999999'), ccxt.OrderNotFound);

const pro = new ccxt.pro.deribit({ apiKey: 'demo', secret: 'demonstration-only', enableRateLimit: false });
pro.urls.api.rest = process.argv[2];
pro.urls.api.ws = process.argv[2].replace('http', 'ws') + '/ws/api/v2';
pro.options.currencies = ['USD'];
await pro.loadHttpProxyAgent(); // what the client wants for ws://, with or without a proxy
const watched = await pro.watchTicker(perpetual);
assert(watched.bid < watched.ask);
const live = await pro.watchOrderBook(perpetual);
assert(live.bids.length > 0 && live.bids[0][0] < live.asks[0][0]);
const changed = await pro.watchOrderBook(perpetual);
assert(changed.bids[0][0] < changed.asks[0][0]);
const balance = (await pro.watchBalance()).USD.USD; // the client keeps a whole balance for each currency
assert(balance.total > 0 && balance.free > 0 && balance.used > 0);
const news = pro.watchOrders(perpetual);
const sent = await until('an order', () => exchange.createOrder(perpetual, 'limit', 'buy', 0.01, Math.round(ticker.bid * 0.8)));
assert((await news).some((order) => order.id === sent.id && order.status === 'open'));
const ends = pro.watchOrders(perpetual);
await exchange.cancelOrder(sent.id);
assert((await ends).some((order) => order.id === sent.id && order.status === 'canceled'));
await pro.close();
const stranger = new ccxt.pro.deribit({ apiKey: 'demo', secret: 'not the secret' });
stranger.urls.api = { ...pro.urls.api };
await stranger.loadHttpProxyAgent();
await assert.rejects(stranger.watchBalance(), /invalid_credentials/);
await stranger.close();
exchange.secret = 'not the secret';
await assert.rejects(exchange.fetchBalance(), ccxt.AuthenticationError);
console.log(`ccxt ${ccxt.version}: ${Object.keys(exchange.markets).length} markets; orders rest, fill and are taken back, also as they are watched`);
