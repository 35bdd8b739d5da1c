# wire.py: events as bytes, written from event.h and not from the library's codec.     SPDX-License-Identifier: Apache-2.0
"""One line per kind: number, scopes that may send it, whether the header's account is read, fields.

A field is name:code, with the codes of `struct`, W for 128 bits, N for a name, and a count in front for several.
"""
import hashlib
import struct

NONE = 2**32 - 1
TRADE, WITHDRAW, ORACLE, ADMIN = 1, 2, 4, 8

LINES = """
time 1 admin -
continue 2 admin - step_count:I reserved:I
asset 10 admin - name:N asset_index:I underlying_index:I custody_domain:I decimals:I treatment:I tier_count:I liability_haircut_ppm:q tier_upto_micros:8q tier_haircut_ppm:8q borrow_cap_atoms:W kink_ppm:q rate_zero_ppm:q rate_kink_ppm:q rate_full_ppm:q reserve_ppm:q
underlying 11 admin - name:N underlying_index:I domain:I class_id:I reserved:I price_unit:q tick_e8:q reference_e8:q
instrument 12 admin - name:N instrument_index:I kind:I settlement:I right:I premium:I underlying_index:I settlement_asset_index:I reserved:I lot_e8:q strike_e8:q expiry_ns:q
account 13 admin - account_index:I kind:I parent_index:I instrument_index:I owner:I reserved:I
signer 14 admin - signer_index:I scopes:I public_key:32s
source 15 admin - underlying_index:I source_index:I weight:q public_key:32s clamp_low_e8:q clamp_high_e8:q is_own:I reserved:I
anchor 16 admin - underlying_index:I is_present:I base_underlying_index:I ratio_underlying_index:I ratio_e8:q
deposit 20 admin account asset_index:I reserved:I atoms:W
withdraw 21 withdraw account asset_index:I reserved:I atoms:W
transfer 22 trade account asset_index:I to_account:I atoms:W
borrow 23 withdraw account asset_index:I reserved:I atoms:W
repay 24 admin account asset_index:I reserved:I atoms:W
interest 25 admin - asset_index:I reserved:I
exchange 26 admin account other_account:I give_asset_index:I take_asset_index:I reserved:I give_atoms:W take_atoms:W
fund 27 admin - asset_index:I action:I instrument_index:I reserved:I atoms:W
trade 30 admin account instrument_index:I maker_account:I lots:q price_e8:q taker_fee_atoms:q maker_fee_atoms:q taker_order_id:Q maker_order_id:Q
position_transfer 31 trade account instrument_index:I to_account:I lots:q
reserve 32 trade account instrument_index:I side:I lots:q limit_e8:q order_id:Q is_reduce_only:I reserved:I
release 33 trade account order_id:Q lots:q
settle_profit 34 trade account instrument_index:I reserved:I
funding 35 admin - instrument_index:I reserved:I per_lot:q
settle_expiry 36 admin - instrument_index:I reserved:I price_e8:q
mark 40 oracle - instrument_index:I is_present:I mark_e8:q half_spread_e8:q
price_report 41 oracle - underlying_index:I source_index:I report_sequence:Q publish_ns:q valid_from_ns:q expires_ns:q price_e8:q confidence_e8:q status:I network:I signature:64s
price 42 oracle - underlying_index:I state:I price_e8:q slow_e8:q confidence_e8:q publish_ns:q
liquidity 43 oracle - underlying_index:I reserved:I depth_micros:q volume_micros:q open_interest_micros:q
forecast 44 oracle - underlying_index:I reserved:I volatility_ppm:q regime_ppm:q model_hash:32s
surface_slice 45 oracle - underlying_index:I kind:I expiry_ns:q forward_e8:q svi:5d node_count:I reserved:I strikes:64d volatilities:64d
surface_commit 46 oracle - underlying_index:I slice_count:I hash:32s
close 47 oracle - underlying_index:I reserved:I day:q price:d
scenario_commit 48 admin - name:N set_version:I horizon:I hash:32s
supply 49 oracle - underlying_index:I reserved:I units:q
parameters 50 admin - record:N record_index:I record_version:I layout_version:I field_count:I earliest_sequence:Q expires_ns:q values:80q
model 51 admin - name:N model_version:I reserved:I
recalibrate 52 oracle - underlying_index:I reserved:I
pool_join 53 withdraw account atoms:W
pool_leave 54 withdraw account shares:q
assess 60 trade account reserved:I unused:I
bid 61 trade account sold_account:I round:I share_ppm:q premium_min_ppm:q
socialise 62 admin - asset_index:I instrument_index:I atoms:W
"""
SCOPES = {"trade": TRADE, "withdraw": WITHDRAW, "oracle": ORACLE, "admin": ADMIN}


class Kind:
    def __init__(self, line):
        self.name, number, scope, account, *fields = line.split()
        self.number, self.scope, self.has_account = int(number), SCOPES[scope], account == "account"
        self.fields = [field.split(":") for field in fields]
        self.blank = {name: 0 for name, _ in self.fields}
        codes = {"W": "16s", "N": "32s"}
        self.body = struct.Struct("<" + "".join(codes.get(code, code) for _, code in self.fields))
        for name, code in self.fields:
            if code[0].isdigit():
                self.blank[name] = b"" if code[-1] == "s" else (0,) * int(code[:-1])
            if code == "N":
                self.blank[name] = b""

    def values(self, body):
        out = []
        for name, code in self.fields:
            value = body[name]
            if code == "I":
                out.append(value % 2**32)
            elif code == "W":
                out.append((value % 2**128).to_bytes(16, "little"))
            elif code[0].isdigit() and code[-1] != "s":
                count = int(code[:-1])
                out += (tuple(value) + (0,) * count)[:count]
            else:
                out.append(value)
        return out


KINDS = {kind.name: kind for kind in map(Kind, LINES.strip().splitlines())}
HEADER = struct.Struct("<IHHQqq16sII8x")


class Event:
    """A kind, its header fields and a dict of its body."""

    def __init__(self, kind, account=NONE, signer=0, time=0, /, **body):
        self.kind, self.account, self.signer, self.time = KINDS[kind], account, signer, time
        self.deadline, self.client_id = 0, bytes(16)
        self.body = {**self.kind.blank, **body}

    def encode(self, sequence=0, time=None):
        body = self.kind.body.pack(*self.kind.values(self.body))
        time = self.time if time is None else time
        return HEADER.pack(64 + len(body), self.kind.number, 1, sequence, time, self.deadline, self.client_id,
                           self.account, self.signer) + body

    def hash(self):
        """The 16 bytes by which a repeat is known."""
        return hashlib.blake2b(self.encode(0, 0), digest_size=32).digest()[:16]

    def __repr__(self):
        body = {name: value for name, value in self.body.items() if value != self.kind.blank[name]}
        return f"{self.kind.name} account {self.account} signer {self.signer} time {self.time} {body}"
