"""The rota: who means to be where and when. It plans presence and records none."""
