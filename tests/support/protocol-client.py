#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of another make, written from server/PROTOCOL.md alone: protocol-client.py ADDRESS CA-FILE EMAIL PASSWORD

Two devices of one person: they pull all, edit, meet a conflict, settle it, and see it settled. Each step is a point of TAP."""
import gzip, hashlib, json, os, ssl, sys, time, urllib.request, uuid  # noqa: E401

ADDRESS, CA_FILE, EMAIL, PASSWORD = sys.argv[1:5]


def new_id():
    """A UUIDv7."""
    number = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return str(uuid.UUID(int=number & ~(0xF000 << 64) & ~(3 << 62) | 7 << 76 | 2 << 62))


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())


class Device:
    def __init__(self, name):
        self.client_id, self.mid, self.token, self.context = new_id(), 0, None, ssl.create_default_context(cafile=CA_FILE)
        self.cursor, self.rows, self.pages = None, {}, 0  # rows: {id: (entity, rev, scope, {column: value})}
        hello = json.loads(self.call("GET", "/v1/hello"))
        assert hello["protocol"]["min"] <= 1 <= hello["protocol"]["max"]
        answer = json.loads(self.call("POST", "/v1/session", {"email": EMAIL, "password": PASSWORD, "device": {"id": new_id(), "name": name}}))
        self.token, self.user = answer["token"], answer["user"]

    def call(self, method, route, body=None):
        request = urllib.request.Request(ADDRESS + route, None if body is None else json.dumps(body).encode(), method=method)
        request.add_header("Accept-Encoding", "gzip")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
            data = answer.read()
            return gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data

    def pull(self, limit):
        """Pages until there are no more; all of them are applied together."""
        lines, more, self.pages = [], True, 0
        while more:
            header, *body, footer = self.call("POST", "/v1/pull", {"cursor": self.cursor, "schema": 1, "limit": limit}).splitlines(keepends=True)
            columns, end = json.loads(header)["columns"], json.loads(footer)
            assert end["count"] == len(body) and end["digest"] == hashlib.sha256(b"".join(body)).hexdigest()
            lines += [(json.loads(line), columns) for line in body]
            self.cursor, more, self.pages = end["cursor"], end["more"], self.pages + 1
        for line, columns in lines:
            if line[0] == "drop":
                self.rows = {id: row for id, row in self.rows.items() if row[2] != line[1]}
            elif line[0] == "-":
                self.evict(*line[1:5])
            elif line[0] in columns and self.rows.get(line[3][0], (0, -1))[1] < line[1]:
                self.rows[line[3][0]] = (line[0], line[1], line[2], dict(zip(columns[line[0]], line[3])))

    def evict(self, entity, rev, scope, gone):
        def goes(id, row):
            return row[2] == scope and row[1] <= rev and (id == gone or entity == "lead" and row[3].get("lead_id") == gone)
        self.rows = {id: row for id, row in self.rows.items() if not goes(id, row)}

    def push(self, entity, id, values, base_rev=None):
        """One mutation; values: {field: (old, new)}. What became of it."""
        base_rev = base_rev if base_rev is not None else self.rows[id][1] if id in self.rows else 0
        mutation = {"mid": self.mid + 1, "entity": entity, "id": id, "op": "put", "base_rev": base_rev, "at": now(), "set": values}
        answer = json.loads(self.call("POST", "/v1/push", {"client_id": self.client_id, "schema": 1, "sent_at": now(), "ack": self.mid, "mutations": [mutation]}))
        self.mid = answer["last_mid"]
        return answer["results"][0]["result"], answer["results"][0].get("error")

    def value(self, id, field):
        return self.rows[id][3][field] if id in self.rows else None

    def conflicts(self, target):
        return [id for id, row in self.rows.items() if row[0] == "conflict" and row[3]["target_id"] == target]


class Points:
    number = failed = 0

    def check(self, good, what, *seen):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}", flush=True)
        if not good:
            print(f"# {seen}", flush=True)


def main():
    points = Points()
    check = points.check
    one, two = Device("One"), Device("Two")
    check(one.user == two.user and one.user["email"] == EMAIL, "two devices sign in")
    one.pull(50)
    two.pull(2000)
    check(one.pages > two.pages and one.rows == two.rows and one.rows, "all rows come, in small pages or large", one.pages, len(one.rows), len(two.rows))

    lead, contact = new_id(), new_id()
    made = one.push("lead", lead, {"name": [None, "Café “Zürich” ☕"], "kam_id": [None, one.user["id"]], "time_zone": [None, "Asia/Kolkata"],
                                   "city": [None, "Nashik"], "status": [None, "new"], "tags": [None, ["veg"]]})
    also = one.push("contact", contact, {"lead_id": [None, lead], "name": [None, "Ramesh"]})
    two.pull(2000)
    check(made[0] == also[0] == "applied" and two.value(lead, "name") == "Café “Zürich” ☕" and two.value(contact, "lead_id") == lead,
          "what one device makes the other has", made, also)

    one.pull(2000)
    first = one.push("lead", lead, {"city": ["Nashik", "Goa"], "tags": [["veg"], ["buffet", "veg"]]})
    second = two.push("lead", lead, {"city": ["Nashik", "Pune"], "tags": [["veg"], ["bar", "veg"]]})
    one.pull(2000)
    two.pull(2000)
    check((first[0], second[0]) == ("applied", "conflict") and two.value(lead, "city") == "Goa", "of two cities the first one stays", first, second)
    check(sorted(one.value(lead, "tags")) == ["bar", "buffet", "veg"], "of two changed sets of tags both changes are kept", one.value(lead, "tags"))

    open_ = two.conflicts(lead)
    seen = two.rows[open_[0]][3] if open_ else {}
    check(len(open_) == 1 and one.conflicts(lead) == open_ and [json.loads(seen[name]) for name in ("base", "theirs", "mine")] == ["Nashik", "Goa", "Pune"],
          "the other one is a conflict: base, theirs, mine", open_, seen)

    late = two.push("conflict", open_[0], {"theirs": ['"Elsewhere"', seen["mine"]]})
    two.pull(2000)
    check(late[0] == "conflict" and json.loads(two.value(open_[0], "theirs")) == "Goa" == two.value(lead, "city"),
          "settling counts only where theirs is what was seen", late)

    settled = two.push("conflict", open_[0], {"theirs": [two.value(open_[0], "theirs"), seen["mine"]]})
    one.pull(2000)
    two.pull(2000)
    check(settled[0] == "applied" and one.value(lead, "city") == two.value(lead, "city") == "Pune", "settled with mine, both devices have it", settled)
    check(not one.conflicts(lead) and not two.conflicts(lead) and one.rows == two.rows, "the conflict is gone from both, and they have the same rows")
    for device in (one, two):
        device.call("DELETE", "/v1/session")
    print(f"1..{points.number}")
    return 1 if points.failed else 0


if __name__ == "__main__":
    sys.exit(main())
