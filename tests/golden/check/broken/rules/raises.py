from provision.author import Group

shop = Group(name="shop", rules=["up"])
